import { leftBy, type ContactCreate } from '../contact/contact-plan.ts';
import { contactRoles, type ContactRole, type ContactValues } from '../contact/contact.ts';
import { scenarios, scenariosPermit, type Scenario } from '../contact/scenarios.ts';
import { isInactivation, type PatronChange } from './patron-change.ts';

/** What a plan comes to for patrons and those who get messages about them. */
export interface PatronConsequences {
  readonly patrons: {
    /** Patrons of whom anything changes. */
    readonly changed: number;
    readonly created: number;
    readonly inactivated: number;
    readonly reactivated: number;
    /** Only an undo removes patrons: those that the undone run had made. */
    readonly removed: number;
    readonly losingContacts: number;
    readonly leftWithoutContacts: number;
    /** Had an e-mail before, and has none afterwards. */
    readonly leftWithoutEmail: number;
  };
  readonly contacts: { readonly created: number; readonly updated: number; readonly removed: number };
  /** By scenario and role, where anybody starts or stops getting messages about a patron. */
  readonly messages: readonly MessageChange[];
}

export interface MessageChange {
  readonly scenario: Scenario;
  readonly role: ContactRole;
  /** Addresses, each counted once a patron. */
  readonly stop: number;
  readonly start: number;
}

/** Adds up what the changes of patrons and contacts come to. */
export class PatronTally {
  readonly #patrons = {
    changed: 0,
    created: 0,
    inactivated: 0,
    reactivated: 0,
    removed: 0,
    losingContacts: 0,
    leftWithoutContacts: 0,
    leftWithoutEmail: 0,
  };
  readonly #contacts = { created: 0, updated: 0, removed: 0 };
  readonly #stop = new ReachCounts();
  readonly #start = new ReachCounts();

  /** Adds one patron; gives whether it, or somebody getting messages about it, loses anything. */
  add({ record, contacts }: PatronChange): boolean {
    this.#patrons.changed++;
    let loses = false;
    if (record?.before === undefined) {
      if (record !== undefined) this.#patrons.created++;
    } else if (isInactivation(record.before, record.after)) {
      this.#patrons.inactivated++;
      loses = true;
    } else if (isInactivation(record.after, record.before)) this.#patrons.reactivated++;
    return (contacts !== undefined && this.#addContacts(contacts)) || loses;
  }

  /** Adds a patron that an undo removes. */
  addRemoved(): void {
    this.#patrons.removed++;
  }

  get total(): PatronConsequences {
    const messages: MessageChange[] = [];
    for (const role of contactRoles) {
      for (const scenario of scenarios) {
        const stop = this.#stop.of(role, scenario);
        const start = this.#start.of(role, scenario);
        if (stop + start > 0) messages.push({ scenario, role, stop, start });
      }
    }
    return { patrons: { ...this.#patrons }, contacts: { ...this.#contacts }, messages };
  }

  #addContacts({ before, plan }: NonNullable<PatronChange['contacts']>): boolean {
    const { creates, updates, removes } = plan;
    this.#contacts.created += creates.length;
    this.#contacts.updated += updates.length;
    this.#contacts.removed += removes.length;
    if (removes.length > 0) this.#patrons.losingContacts++;
    if (before.length > 0 && before.length + creates.length === removes.length) {
      this.#patrons.leftWithoutContacts++;
    }
    // As nearly everybody in a first load, of whom half a million addresses are counted.
    if (before.length === 0 && creates.length <= scanMax && allDiffer(creates)) {
      for (const { values } of creates) this.#start.add(values);
      return false;
    }
    const has = new Reached();
    for (const { values } of creates) has.add(values);
    if (before.length === 0) return this.#addMessages(nobody, has);
    const had = new Reached();
    for (const contact of before) had.add(contact);
    for (const contact of leftBy(plan, before)) has.add(contact);
    return this.#addMessages(had, has) || removes.length > 0;
  }

  /** I22: who gets messages of which scenarios, before and after. */
  #addMessages(had: Reached, has: Reached): boolean {
    if (had.all.length > 0 && has.all.length === 0) this.#patrons.leftWithoutEmail++;
    const loses = this.#stop.addDifference(had, has);
    this.#start.addDifference(has, had);
    return loses;
  }
}

/** What two plans of patrons come to together; a patron that both change counts twice. */
export function addPatronConsequences(a: PatronConsequences, b: PatronConsequences): PatronConsequences {
  const sum = <Counts extends Readonly<Record<string, number>>>(one: Counts, other: Counts): Counts =>
    Object.fromEntries(Object.keys(one).map((name) => [name, one[name]! + other[name]!])) as Counts;
  const messages = new Map<string, MessageChange>();
  for (const { scenario, role, stop, start } of [...a.messages, ...b.messages]) {
    const known = messages.get(`${role} ${scenario}`);
    messages.set(`${role} ${scenario}`, {
      scenario,
      role,
      stop: stop + (known?.stop ?? 0),
      start: start + (known?.start ?? 0),
    });
  }
  return {
    patrons: sum(a.patrons, b.patrons),
    contacts: sum(a.contacts, b.contacts),
    messages: [...messages.values()],
  };
}

/** An e-mail address, in whatever role it stands first, with the scenarios it gets. */
interface Reach {
  /** As it stands: ASCII (I17), so that it has as many letters in lower case. */
  readonly address: string;
  readonly role: ContactRole;
  /** Bit n: the nth of `scenarios`. */
  permitted: number;
}

const everyScenario = 2 ** scenarios.length - 1;

/** How many addresses get messages, by role and set of scenarios: an address costs one addition and not one a scenario. */
class ReachCounts {
  readonly #counts = { PATRON: new Map(), GUARDIAN: new Map(), OTHER: new Map() } satisfies Record<
    ContactRole,
    Map<number, number>
  >;

  /** Counts what addresses of `more` get and those of `less` do not; gives whether there was anything. */
  addDifference(more: Reached, less: Reached): boolean {
    let any = false;
    for (const { address, role, permitted } of more.all) {
      const difference = permitted & ~(less.find(address)?.permitted ?? 0);
      if (difference === 0) continue;
      this.#count(role, difference);
      any = true;
    }
    return any;
  }

  /** Counts a contact whose address gets nothing otherwise. */
  add({ type, role, scenarios: set }: ContactValues): void {
    const permitted = type === 'EMAIL' ? permittedBits(set) : 0;
    if (permitted !== 0) this.#count(role, permitted);
  }

  #count(role: ContactRole, permitted: number): void {
    const counts: Map<number, number> = this.#counts[role];
    counts.set(permitted, (counts.get(permitted) ?? 0) + 1);
  }

  of(role: ContactRole, scenario: Scenario): number {
    const bit = 1 << scenarios.indexOf(scenario);
    let sum = 0;
    for (const [permitted, count] of this.#counts[role] as Map<number, number>) {
      if ((permitted & bit) !== 0) sum += count;
    }
    return sum;
  }
}

/** Up to this many addresses a plain search is faster than a table. Nearly every patron has fewer. */
const scanMax = 8;

/** The e-mail addresses among some contacts. */
class Reached {
  readonly all: Reach[] = [];
  #byAddress: Map<string, Reach> | undefined;

  add({ type, role, contact, scenarios: set }: ContactValues): void {
    if (type !== 'EMAIL') return;
    const permitted = permittedBits(set);
    const known = this.find(contact);
    if (known !== undefined) {
      known.permitted |= permitted;
      return;
    }
    const reach = { address: contact, role, permitted };
    this.all.push(reach);
    if (this.#byAddress !== undefined) this.#byAddress.set(contact.toLowerCase(), reach);
    else if (this.all.length > scanMax) {
      this.#byAddress = new Map(this.all.map((one) => [one.address.toLowerCase(), one]));
    }
  }

  find(address: string): Reach | undefined {
    if (this.#byAddress !== undefined) return this.#byAddress.get(address.toLowerCase());
    for (const reach of this.all) if (isSameAddress(reach.address, address)) return reach;
    return undefined;
  }
}

/** Whether no two of a few new contacts are one e-mail address. */
function allDiffer(creates: readonly ContactCreate[]): boolean {
  for (let one = 1; one < creates.length; one++) {
    const { type, contact } = creates[one]!.values;
    if (type !== 'EMAIL') continue;
    for (let other = 0; other < one; other++) {
      const { values } = creates[other]!;
      if (values.type === 'EMAIL' && isSameAddress(values.contact, contact)) return false;
    }
  }
  return true;
}

/** Of a patron without contacts. */
const nobody = new Reached();

/** Most differ in length, and are told apart by that alone. */
function isSameAddress(one: string, other: string): boolean {
  return one.length === other.length && one.toLowerCase() === other.toLowerCase();
}

const bitsOf = new Map<number, number>([[1, everyScenario]]);

function permittedBits(set: number): number {
  let bits = bitsOf.get(set);
  if (bits === undefined) {
    bits = 0;
    for (const [place, scenario] of scenarios.entries())
      if (scenariosPermit(set, scenario)) bits |= 1 << place;
    bitsOf.set(set, bits);
  }
  return bits;
}
