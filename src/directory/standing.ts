import { leftBy } from '../domain/contact/contact-plan.ts';
import { emailOf } from '../domain/contact/patron-email.ts';
import { fullName } from '../domain/patron/identity.ts';
import { keyFields, type KeyField, type PatronValues } from '../domain/patron/patron.ts';
import type { DeclaredPatron } from '../domain/patron/patron-row.ts';
import type { WishPlan, WishSurroundings } from '../domain/patron/set-patron.ts';
import { foldForSearch, foldKey } from '../domain/text/fold.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { matchPatrons, type MatchField } from './match-patron.ts';

/** A wish as far as it must be known to read what it is about. */
export interface Named {
  readonly field: MatchField;
  readonly value: string;
  readonly declared: DeclaredPatron;
}

/** What stands of all that some wishes are about, read at once. */
export interface Standing {
  of(named: Named): WishSurroundings<StoredPatron> & { readonly contacts: readonly StoredContact[] };
  /**
   * Everything by which a wish could bear on another: patrons, keys, e-mails and names it looks for, gives up or takes.
   * Of a wish that is refused, so without a plan, what it looks for and would have taken.
   */
  touchedBy(named: Named, plan: WishPlan<StoredPatron> | undefined): string[];
}

/** Reads what stands of all that the wishes are about, by few reads however many they are. */
export async function loadStanding(reader: TenantReader, wishes: readonly Named[]): Promise<Standing> {
  const owners = new Map<string, StoredPatron>();
  for (const field of keyFields) {
    const keys = new Set(wishes.flatMap((wish) => keysOf(wish, field)));
    if (keys.size === 0) continue;
    for (const [key, patron] of await reader.patrons.mapByKey(field, [...keys])) {
      owners.set(`${field} ${key}`, patron);
    }
  }
  const matches = new Map<Named, readonly StoredPatron[]>();
  for (const wish of wishes) {
    const { field, value } = wish;
    if (field === 'email' || field === 'fullname') {
      matches.set(wish, await matchPatrons(reader, field, value));
    } else {
      const patron = owners.get(`${field} ${foldKey(value)}`);
      matches.set(wish, patron ? [patron] : []);
    }
  }
  const ids = new Set([...matches.values()].flatMap((patrons) => patrons.map(({ id }) => id)));
  const contacts = ids.size === 0 ? new Map() : await reader.contacts.mapByPatron([...ids]);
  // F16: of no other role is it asked.
  const mayMakeLibrarians =
    wishes.some(({ declared }) => declared.role === 'LIBRARIAN') &&
    (await reader.settings.get()).clientsMayMakeLibrarians;

  // Names and e-mails bear on a wish only where it looks for one.
  const looked = new Set<string>([...keyFields, ...wishes.map(({ field }) => field)]);
  const isLookedFor = (touched: string) => looked.has(touched.slice(0, touched.indexOf(' ')));
  const contactsOf = (wish: Named): readonly StoredContact[] =>
    contacts.get(matches.get(wish)![0]?.id ?? 0) ?? [];
  return {
    of: (wish) => ({
      matches: matches.get(wish)!,
      contacts: contactsOf(wish),
      ownerOf: (field, folded) => owners.get(`${field} ${folded}`),
      mayMakeLibrarians,
    }),
    touchedBy: (wish, plan) => [
      `${wish.field} ${foldOf(wish.field, wish.value)}`,
      ...keyFields.flatMap((field) => keysOf(wish, field).map((key) => `${field} ${key}`)),
      ...matches.get(wish)!.map(({ id }) => `id ${id}`),
      ...(plan ? changedBy(plan, contactsOf(wish)).filter(isLookedFor) : []),
    ],
  };
}

/** Folded keys of the field that the wish looks for or wants. */
function keysOf({ field, value, declared }: Named, of: KeyField): string[] {
  const texts = [declared[of] ?? '', field === of ? value : ''];
  return texts.map(foldKey).filter((key) => key !== '');
}

function foldOf(field: MatchField, value: string): string {
  return field === 'email' || field === 'fullname' ? foldForSearch(value) : foldKey(value);
}

/** Keys, name and e-mail that a patron has before a plan or after it. */
function changedBy(
  { before, after, email }: WishPlan<StoredPatron>,
  contacts: readonly StoredContact[],
): string[] {
  const emails = email
    ? [
        emailOf(contacts),
        ...leftBy(email, contacts).map(({ contact }) => contact),
        ...email.creates.map(({ values }) => values.contact),
      ]
    : [];
  return [
    ...(before ? namesOf(before) : []),
    ...namesOf(after),
    ...emails.map((one) => `email ${foldOf('email', one)}`),
  ];
}

function namesOf(values: PatronValues): string[] {
  return [
    ...keyFields.filter((field) => values[field] !== '').map((field) => `${field} ${foldKey(values[field])}`),
    `fullname ${foldForSearch(fullName(values))}`,
  ];
}
