import { sql } from 'kysely';
import type { Contact } from '../../domain/contact/contact.ts';
import { foldForSearch } from '../../domain/text/fold.ts';
import type { ContactReader, ContactWriter, NewContact, StoredContact } from '../../ports/contacts.ts';
import type { Provenance } from '../../ports/patrons.ts';
import { packContacts, unpackContacts } from '../schema/contact-list.ts';
import type { StoreContext, Value } from './context.ts';

/** Contacts, kept as one row a patron: the rules read and settle a patron's contacts together. */
export class ContactStore implements ContactReader, ContactWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async listByPatron(patronId: number): Promise<StoredContact[]> {
    const row = await this.#lists().select('contacts').where('patron_id', '=', patronId).executeTakeFirst();
    return row === undefined ? [] : unpackContacts(patronId, row.contacts);
  }

  async mapByPatron(patronIds: readonly number[]): Promise<Map<number, StoredContact[]>> {
    const { db, tools, tenantId } = this.#context;
    const rows = await db
      .selectFrom(tools.wanted(patronIds))
      .crossJoin('contact_list')
      .select(['contact_list.patron_id', 'contact_list.contacts'])
      .where('contact_list.tenant_id', '=', tenantId)
      .whereRef('contact_list.patron_id', '=', 'wanted.value')
      .orderBy('contact_list.patron_id')
      .execute();
    return new Map(
      rows.map(({ patron_id, contacts }) => [patron_id, unpackContacts(patron_id, contacts)] as const),
    );
  }

  async listPatronsWithImported(afterId: number, limit: number): Promise<number[]> {
    const rows = await this.#lists()
      .select('patron_id')
      .where('imported_count', '>', 0)
      .where('patron_id', '>', afterId)
      .orderBy('patron_id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.patron_id);
  }

  async count(): Promise<number> {
    const row = await this.#lists()
      .select(sql<number>`coalesce(sum(contact_count), 0)`.as('n'))
      .executeTakeFirstOrThrow();
    return Number(row.n);
  }

  async insert(contacts: readonly NewContact[], provenance: Provenance): Promise<void> {
    const added = new Map<number, StoredContact[]>();
    for (const contact of contacts) {
      const stored = withProvenance(contact, provenance);
      const ofPatron = added.get(contact.patronId);
      if (ofPatron) ofPatron.push(stored);
      else added.set(contact.patronId, [stored]);
    }
    await this.#change([...added.keys()], (before, patronId) => {
      const after = before.length === 0 ? added.get(patronId)! : [...before, ...added.get(patronId)!];
      // An undo brings a contact back under its old id, so in its old place.
      return after.sort((a, b) => a.id - b.id);
    });
  }

  async update(contacts: readonly (Contact & { patronId: number })[]): Promise<void> {
    const byPatron = Map.groupBy(contacts, ({ patronId }) => patronId);
    await this.#change([...byPatron.keys()], (before, patronId) => {
      const changed = new Map(byPatron.get(patronId)!.map((contact) => [contact.id, contact]));
      return before.map((contact) => {
        const after = changed.get(contact.id);
        return after ? withProvenance(after, contact) : contact;
      });
    });
  }

  async remove(keys: readonly { readonly patronId: number; readonly id: number }[]): Promise<void> {
    const byPatron = Map.groupBy(keys, ({ patronId }) => patronId);
    await this.#change([...byPatron.keys()], (before, patronId) => {
      const gone = new Set(byPatron.get(patronId)!.map(({ id }) => id));
      return before.filter(({ id }) => !gone.has(id));
    });
  }

  /** Rewrites the lists of some patrons, and their own e-mails for the search where those changed. */
  async #change(
    patronIds: readonly number[],
    change: (before: readonly StoredContact[], patronId: number) => StoredContact[],
  ): Promise<void> {
    const { tools, tenantId } = this.#context;
    const stored = await this.mapByPatron(patronIds);
    const inserted: Value[] = [];
    const updated: Value[][] = [];
    const emptied: Value[][] = [];
    const found = [];
    const unfound: number[] = [];
    for (const patronId of patronIds) {
      const before = stored.get(patronId);
      const after = change(before ?? [], patronId);
      const emails = ownEmails(after);
      if (before === undefined) {
        if (after.length > 0) inserted.push(patronId, ...listValues(after, emails));
      } else if (after.length === 0) emptied.push([tenantId, patronId]);
      else updated.push([tenantId, patronId, ...listValues(after, emails)]);
      const emailsBefore = before === undefined ? '' : ownEmails(before);
      if (emails === emailsBefore) continue;
      if (emailsBefore !== '') unfound.push(patronId);
      if (emails !== '') found.push({ id: patronId, text: emails });
    }
    await tools.insertRows('contact_list', { tenant_id: tenantId }, ['patron_id', ...listColumns], inserted);
    await tools.updateRows('contact_list', ['tenant_id', 'patron_id'], listColumns, updated);
    await tools.deleteRows('contact_list', ['tenant_id', 'patron_id'], emptied);
    await tools.search.emailsRemoved(unfound);
    await tools.search.emailsInserted(found);
  }

  #lists() {
    return this.#context.db.selectFrom('contact_list').where('tenant_id', '=', this.#context.tenantId);
  }
}

/** Written out field by field: a spread copy costs several times as much, and imports make many. */
function withProvenance(contact: Contact & { patronId: number }, by: Provenance): StoredContact {
  return {
    patronId: contact.patronId,
    id: contact.id,
    type: contact.type,
    role: contact.role,
    primary: contact.primary,
    addressee: contact.addressee,
    contact: contact.contact,
    bcc: contact.bcc,
    sms: contact.sms,
    scenarios: contact.scenarios,
    origin: contact.origin,
    importedAs: contact.importedAs,
    createdRun: by.createdRun,
    createdAt: by.createdAt,
  };
}

const listColumns = [
  'contacts',
  'contact_count',
  'email_count',
  'imported_count',
  'created_runs',
  'own_emails',
];

function listValues(contacts: readonly StoredContact[], emails: string): Value[] {
  let emailCount = 0;
  let importedCount = 0;
  let runs = ' ';
  for (const { type, origin, createdRun } of contacts) {
    if (type === 'EMAIL') emailCount++;
    if (origin === 'imported') importedCount++;
    if (createdRun !== null && !runs.includes(` ${createdRun} `)) runs += `${createdRun} `;
  }
  return [packContacts(contacts), contacts.length, emailCount, importedCount, runs, emails];
}

/** The patron's own e-mail addresses, folded, a line each: what a keyword search finds a patron by (S2). */
function ownEmails(contacts: readonly StoredContact[]): string {
  let text = '';
  for (const { type, role, contact } of contacts) {
    if (type !== 'EMAIL' || role !== 'PATRON') continue;
    text += text === '' ? foldForSearch(contact) : `\n${foldForSearch(contact)}`;
  }
  return text;
}
