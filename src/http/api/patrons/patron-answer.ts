import type { Patron as PatronAnswer } from '../../../contract/patron.ts';
import { emailOf } from '../../../domain/contact/patron-email.ts';
import type { Patron } from '../../../domain/patron/patron.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';

/** Patrons as the API shows them: the record and, from the contacts, the e-mail (S2). */
export async function patronAnswers(
  reader: Pick<TenantReader, 'contacts'>,
  patrons: readonly Patron[],
): Promise<PatronAnswer[]> {
  const contacts = await reader.contacts.mapByPatron(patrons.map(({ id }) => id));
  return patrons.map((patron) => ({ ...patron, email: emailOf(contacts.get(patron.id) ?? []) }));
}

/** One patron as the API shows it. */
export async function patronAnswer(
  reader: Pick<TenantReader, 'contacts'>,
  patron: Patron,
): Promise<PatronAnswer> {
  return { ...patron, email: emailOf(await reader.contacts.listByPatron(patron.id)) };
}
