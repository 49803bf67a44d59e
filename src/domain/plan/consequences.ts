import { leftBy } from '../contact/contact-plan.ts';
import { contactRoles, type ContactRole, type ContactValues } from '../contact/contact.ts';
import { scenarios, scenariosPermit, type Scenario } from '../contact/scenarios.ts';
import { isInactivation, type PatronChange } from './patron-change.ts';

/** What a plan comes to for people. */
export interface Consequences {
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

/** Adds up what the changes of a plan come to. */
export class ConsequenceTally {
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
  /** By role and set of scenarios, so that a contact costs one addition and not one a scenario. */
  readonly #stop = new Map<string, number>();
  readonly #start = new Map<string, number>();

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

  get total(): Consequences {
    const messages: MessageChange[] = [];
    for (const role of contactRoles) {
      for (const scenario of scenarios) {
        const stop = countOf(this.#stop, role, scenario);
        const start = countOf(this.#start, role, scenario);
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
    return (
      this.#addMessages(before, [...creates.map(({ values }) => values), ...leftBy(plan, before)]) ||
      removes.length > 0
    );
  }

  /** I22: who gets messages of which scenarios, before and after. */
  #addMessages(before: readonly ContactValues[], after: readonly ContactValues[]): boolean {
    const had = reachOf(before);
    const has = reachOf(after);
    if (had.size > 0 && has.size === 0) this.#patrons.leftWithoutEmail++;
    let loses = false;
    for (const [address, { role, permitted }] of had) {
      const stop = permitted & ~(has.get(address)?.permitted ?? 0);
      if (stop === 0) continue;
      loses = true;
      count(this.#stop, role, stop);
    }
    for (const [address, { role, permitted }] of has) {
      const start = permitted & ~(had.get(address)?.permitted ?? 0);
      if (start !== 0) count(this.#start, role, start);
    }
    return loses;
  }
}

/** What two plans come to together; a patron that both change counts twice. */
export function addConsequences(a: Consequences, b: Consequences): Consequences {
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

interface Reach {
  readonly role: ContactRole;
  /** Bit n: the nth of `scenarios`. */
  permitted: number;
}

const everyScenario = 2 ** scenarios.length - 1;

/** Each e-mail address, in whatever role it stands, with the scenarios it gets. */
function reachOf(contacts: readonly ContactValues[]): Map<string, Reach> {
  const reach = new Map<string, Reach>();
  for (const { type, role, contact, scenarios: set } of contacts) {
    if (type !== 'EMAIL') continue;
    const permitted = permittedBits(set);
    const address = contact.toLowerCase();
    const known = reach.get(address);
    if (known === undefined) reach.set(address, { role, permitted });
    else known.permitted |= permitted;
  }
  return reach;
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

function count(counts: Map<string, number>, role: ContactRole, permitted: number): void {
  const key = `${role} ${permitted}`;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function countOf(counts: ReadonlyMap<string, number>, role: ContactRole, scenario: Scenario): number {
  const bit = 1 << scenarios.indexOf(scenario);
  let sum = 0;
  for (const [key, number] of counts) {
    const [ofRole, permitted] = key.split(' ');
    if (ofRole === role && (Number(permitted) & bit) !== 0) sum += number;
  }
  return sum;
}
