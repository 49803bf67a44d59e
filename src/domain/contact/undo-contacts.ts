import type { Contact } from './contact.ts';
import { contactEquals, planWanted, valuesEqual } from './contact-plan.ts';
import type { ContactPlan, WantedContact } from './contact-plan.ts';
import { contactIdentity } from './identity.ts';

/** What one run did to the contacts of a patron. */
export interface ContactRunChanges {
  /** As the run created them. */
  readonly created: readonly Contact[];
  readonly updated: readonly { readonly before: Contact; readonly after: Contact }[];
  /** As they stood before the run removed them. */
  readonly removed: readonly Contact[];
}

/** Something a run did that is not taken back, because it was changed since. */
export interface KeptChange {
  /** The contact as it stands, in words for people. */
  readonly what: string;
  readonly why: KeptReason;
  /** Which fields of it stay; none are named where the whole contact does. */
  readonly fields: readonly string[];
}

/** `twin-since`: with what would come back, a contact would stand twice (I19). */
export type KeptReason = 'changed-since' | 'removed-since' | 'twin-since';

export type UndoPlan = ContactPlan & { readonly kept: readonly KeptChange[] };

/**
 * The plan that takes back what a run did to a patron's contacts and what still stands as the run left it.
 * Whatever was changed since, by a hand or a later run, stays and is listed; of an updated contact each field
 * is judged by itself. Primary ones are settled at the end (I11), those of now before those that come back.
 */
export function undoContacts(current: readonly Contact[], run: ContactRunChanges): UndoPlan {
  const kept: KeptChange[] = [];
  let wanted: WantedContact[] = takeBackCreated(current, run.created, kept);
  wanted = takeBackUpdated(wanted, run.updated, kept);
  takeBackRemoved(wanted, run.removed, kept);
  const primaryNow = new Set(current.filter(({ primary }) => primary).map(({ id }) => id));
  const plan = planWanted(current, wanted, ({ id }) => id !== undefined && primaryNow.has(id));
  return { ...plan, kept };
}

function takeBackCreated(
  current: readonly Contact[],
  created: readonly Contact[],
  kept: KeptChange[],
): Contact[] {
  const byId = new Map(created.map((contact) => [contact.id, contact]));
  return current.filter((now) => {
    const made = byId.get(now.id);
    if (made === undefined) return true;
    // That another contact became the primary one since is no change of this one.
    const asMade = contactEquals(now, { ...made, primary: made.primary && now.primary });
    if (!asMade) kept.push(keptWhole(now, 'changed-since'));
    return !asMade;
  });
}

function takeBackUpdated(
  contacts: readonly WantedContact[],
  updated: ContactRunChanges['updated'],
  kept: KeptChange[],
): WantedContact[] {
  const wanted = [...contacts];
  const places = new Map(wanted.map(({ id }, place) => [id, place]));
  const standing = new Tally(wanted.map(contactIdentity));
  for (const { before, after } of updated) {
    const place = places.get(after.id);
    const now = place === undefined ? undefined : wanted[place];
    if (place === undefined || now === undefined) {
      kept.push(keptWhole(after, 'removed-since'));
      continue;
    }
    const { contact, fields } = restored(now, before, after);
    const [was, willBe] = [contactIdentity(now), contactIdentity(contact)];
    if (was !== willBe && standing.has(willBe)) {
      kept.push(keptWhole(now, 'twin-since'));
      continue;
    }
    standing.replace(was, willBe);
    wanted[place] = contact;
    if (fields.length > 0) kept.push({ ...keptWhole(now, 'changed-since'), fields });
  }
  return wanted;
}

/** How often each text stands: a patron may have very many contacts. */
class Tally {
  readonly #counts = new Map<string, number>();

  constructor(texts: readonly string[]) {
    for (const text of texts) this.#add(text, 1);
  }

  has(text: string): boolean {
    return (this.#counts.get(text) ?? 0) > 0;
  }

  replace(text: string, by: string): void {
    this.#add(text, -1);
    this.#add(by, 1);
  }

  #add(text: string, count: number): void {
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + count);
  }
}

/** Fields that only make sense together: who the contact is, and where it comes from. */
const unitsOfChange = [
  ['type', 'role', 'contact'],
  ['primary'],
  ['addressee'],
  ['bcc'],
  ['sms'],
  ['scenarios'],
  ['origin', 'importedAs'],
] as const satisfies readonly (readonly (keyof Contact)[])[];

/** The contact with each unit gone back that stands as the run left it, and the fields changed since. */
function restored(now: WantedContact, before: Contact, after: Contact) {
  let contact = now;
  const fields: string[] = [];
  for (const unit of unitsOfChange) {
    const same = (a: WantedContact, b: WantedContact) => unit.every((field) => a[field] === b[field]);
    if (same(before, after) || same(now, before)) continue;
    if (same(now, after)) {
      contact = { ...contact, ...Object.fromEntries(unit.map((field) => [field, before[field]])) };
    } else if (!unit.some((field) => field === 'origin'))
      fields.push(...unit.filter((field) => now[field] !== after[field]));
  }
  return { contact, fields };
}

function takeBackRemoved(wanted: WantedContact[], removed: readonly Contact[], kept: KeptChange[]): void {
  const standing = new Map<string, WantedContact>();
  // Of several the first, which is the oldest.
  for (const one of wanted.toReversed()) standing.set(contactIdentity(one), one);
  for (const gone of removed) {
    const twin = standing.get(contactIdentity(gone));
    if (twin === undefined) {
      wanted.push(gone);
      standing.set(contactIdentity(gone), gone);
    } else if (!valuesEqual(twin, gone)) kept.push(keptWhole(twin, 'twin-since'));
  }
}

function keptWhole({ type, role, contact }: WantedContact, why: KeptReason): KeptChange {
  return { what: `${type} ${contact} (${role})`, why, fields: [] };
}
