import { randomFrom } from './random.ts';

/** A pupil as the school's own system knows it. */
interface Pupil {
  readonly username: string;
  /** From 0, the youngest; whoever is beyond the oldest year has left. */
  year: number;
  classgrade: string;
  /** Own e-mail, then each guardian's e-mail and phone. */
  contacts: readonly SchoolContact[];
}

interface SchoolContact {
  readonly type: 'EMAIL' | 'PHONE';
  readonly role: 'PATRON' | 'GUARDIAN';
  readonly contact: string;
}

export interface SchoolSize {
  readonly pupils: number;
  /** Year groups; in summer the oldest one leaves. */
  readonly years: number;
}

/** The files of one night, whole as the school means them. */
export interface Night {
  readonly patrons: string;
  readonly contacts: string;
  /** What is out of the ordinary about the night, though nothing is wrong. */
  readonly event: 'none' | 'summer' | 'new-mail-domain';
}

const nightsAYear = 260;
const summerNight = 230;

/**
 * An invented school and its nightly exports: joiners and leavers, guardians whose addresses are corrected, classes
 * that change, the move up in summer when the oldest leave and the new ones come, now and then a new mail domain for
 * everybody. The same seed gives the same files.
 */
export class SimulatedSchool {
  readonly #random: () => number;
  readonly #size: SchoolSize;
  readonly #pupils: Pupil[] = [];
  #admitted = 0;
  #night: number;
  #domain = 0;

  constructor(seed: number, size: SchoolSize, firstNight = 0) {
    this.#random = randomFrom(seed);
    this.#size = size;
    this.#night = firstNight;
    for (let index = 0; index < size.pupils; index++) this.#admit(index % size.years);
  }

  /** The next night's files. */
  next(): Night {
    const night = this.#night++;
    const ofYear = night % nightsAYear;
    let event: Night['event'] = 'none';
    if (ofYear === summerNight) {
      event = 'summer';
      this.#moveUp();
    } else if (ofYear === 100 && this.#chance(0.5)) {
      event = 'new-mail-domain';
      this.#changeDomain();
    } else this.#ordinaryDay();
    return { patrons: this.#patronsFile(), contacts: this.#contactsFile(), event };
  }

  #ordinaryDay(): void {
    if (this.#chance(0.15)) this.#admit(this.#upTo(this.#size.years));
    if (this.#chance(0.1)) this.#pupils.splice(this.#upTo(this.#pupils.length), 1);
    for (let corrected = this.#upTo(4); corrected > 0; corrected--) this.#correctGuardian();
    if (this.#chance(0.2)) this.#anyPupil().classgrade += 'x';
  }

  #moveUp(): void {
    for (const pupil of this.#pupils) {
      pupil.year++;
      pupil.classgrade = `${pupil.year + 7}${pupil.classgrade.at(-1)}`;
    }
    const leavers = this.#pupils.filter(({ year }) => year >= this.#size.years);
    for (const leaver of leavers) this.#pupils.splice(this.#pupils.indexOf(leaver), 1);
    for (let place = Math.round(this.#size.pupils / this.#size.years); place > 0; place--) this.#admit(0);
  }

  #changeDomain(): void {
    this.#domain++;
    for (const pupil of this.#pupils) {
      const [, ...rest] = pupil.contacts;
      pupil.contacts = [this.#ownEmail(pupil.username), ...rest];
    }
  }

  #admit(year: number): void {
    const username = `p${++this.#admitted}`;
    const guardians = 1 + this.#upTo(2);
    const contacts = Array.from({ length: guardians }, (_, nth) =>
      this.#guardian(`${username}g${nth}`),
    ).flat();
    const classgrade = `${year + 7}${'abc'[this.#upTo(3)]}`;
    this.#pupils.push({ username, year, classgrade, contacts: [this.#ownEmail(username), ...contacts] });
  }

  #ownEmail(username: string): SchoolContact {
    return { type: 'EMAIL', role: 'PATRON', contact: `${username}@school${this.#domain}.example` };
  }

  #guardian(name: string): SchoolContact[] {
    const version = this.#upTo(1_000_000);
    return [
      { type: 'EMAIL', role: 'GUARDIAN', contact: `${name}.${version}@home.example` },
      { type: 'PHONE', role: 'GUARDIAN', contact: `0${version}${name}` },
    ];
  }

  #correctGuardian(): void {
    const pupil = this.#anyPupil();
    const [own, , , ...others] = pupil.contacts;
    pupil.contacts = [own!, ...this.#guardian(`${pupil.username}h`), ...others];
  }

  #patronsFile(): string {
    return `username,classgrade\n${this.#pupils.map((one) => `${one.username},${one.classgrade}\n`).join('')}`;
  }

  #contactsFile(): string {
    const rows = this.#pupils.flatMap(({ username, contacts }) =>
      contacts.map(({ type, role, contact }) => `${username},${type},${role},${contact}\n`),
    );
    return `username,type,role,contact\n${rows.join('')}`;
  }

  #anyPupil(): Pupil {
    return this.#pupils[this.#upTo(this.#pupils.length)]!;
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A whole number from 0 below `count`. */
  #upTo(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

/** What may go wrong with an export so that the file still reads well. */
export const faults = {
  /** The end is missing, from a line break on. */
  'cut-patrons': {
    kind: 'patrons',
    spoil: (rows, random) => rows.slice(0, Math.floor(rows.length * random())),
  },
  /** Some classes are missing, as when an export goes over one site alone. */
  'half-patrons': {
    kind: 'patrons',
    spoil: (rows, random) => {
      const keeps = new Map<string, boolean>();
      return rows.filter((row) => {
        const [, classgrade = ''] = row.split(',');
        if (!keeps.has(classgrade)) keeps.set(classgrade, random() < 0.6);
        return keeps.get(classgrade);
      });
    },
  },
  'cut-contacts': {
    kind: 'contacts',
    spoil: (rows, random) => rows.slice(0, Math.floor(rows.length * random())),
  },
  /** A join that found too little: guardians, or phones, are missing of some pupils or of all. */
  'half-contacts': {
    kind: 'contacts',
    spoil: (rows, random) => {
      const what = random() < 0.5 ? ',GUARDIAN,' : ',PHONE,';
      const share = random();
      const hit = new Map<string, boolean>();
      return rows.filter((row) => {
        const username = row.slice(0, row.indexOf(','));
        if (!hit.has(username)) hit.set(username, random() < share);
        return !row.includes(what) || !hit.get(username);
      });
    },
  },
} as const satisfies Record<
  string,
  { kind: 'patrons' | 'contacts'; spoil: (rows: string[], random: () => number) => string[] }
>;

export type Fault = keyof typeof faults;
