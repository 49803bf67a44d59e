import { sql } from 'kysely';
import { emailOf } from '../../domain/contact/patron-email.ts';
import { foldForSearch } from '../../domain/text/fold.ts';
import type {
  ContactListChange,
  ContactReader,
  ContactWriter,
  PatronContacts,
  StoredContact,
} from '../../ports/contacts.ts';
import { packContacts, unpackContacts } from '../schema/contact-list.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext, Value } from './context.ts';
import { FixedQuery, runFixed } from './fixed-query.ts';

/** Contacts, kept as one row a patron: the rules read and settle a patron's contacts together. */
export class ContactStore implements ContactReader, ContactWriter {
  readonly #context: StoreContext;
  readonly #ofPatron: FixedQuery<TenantTables, { contacts: string }, 'patronId'>;

  constructor(context: StoreContext) {
    this.#context = context;
    this.#ofPatron = new FixedQuery(context.db, (_, value) =>
      this.#lists()
        .select('contacts')
        .where('patron_id', '=', value('patronId') as never),
    );
  }

  async listByPatron(patronId: number): Promise<StoredContact[]> {
    const [row] = await this.#ofPatron.execute({ patronId });
    return row === undefined ? [] : unpackContacts(patronId, row.contacts);
  }

  async mapByPatron(patronIds: readonly number[]): Promise<Map<number, StoredContact[]>> {
    const { db, tools, tenantId } = this.#context;
    const rows = await runFixed(
      db,
      db
        .selectFrom(tools.wantedIds(patronIds))
        .crossJoin('contact_list')
        .select(['contact_list.patron_id', 'contact_list.contacts'])
        .where('contact_list.tenant_id', '=', tenantId)
        .whereRef('contact_list.patron_id', '=', 'wanted.value')
        .orderBy('contact_list.patron_id'),
    );
    return new Map(
      rows.map(({ patron_id, contacts }) => [patron_id, unpackContacts(patron_id, contacts)] as const),
    );
  }

  async mapByUsername(foldedUsernames: readonly string[]): Promise<Map<string, PatronContacts>> {
    const { db, tools, tenantId } = this.#context;
    const rows = await db
      .selectFrom(tools.wantedTexts(foldedUsernames))
      .crossJoin('patron')
      .leftJoin('contact_list', (join) =>
        join
          .onRef('contact_list.tenant_id', '=', 'patron.tenant_id')
          .onRef('contact_list.patron_id', '=', 'patron.id'),
      )
      .select(['patron.id', 'patron.username_key', 'contact_list.contacts'])
      .where('patron.tenant_id', '=', tenantId)
      .whereRef('patron.username_key', '=', 'wanted.value')
      .execute();
    return new Map(
      rows.map(({ id, username_key, contacts }) => [
        username_key!,
        { patronId: id, contacts: contacts === null ? noContacts : unpackContacts(id, contacts) },
      ]),
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

  async isEmpty(): Promise<boolean> {
    return (await this.#lists().select('patron_id').limit(1).execute()).length === 0;
  }

  async saveLists(changes: readonly ContactListChange[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    const inserted: Value[] = [];
    const updated: Value[][] = [];
    const emptied: Value[][] = [];
    const touched: number[] = [];
    for (const { patronId, before, after } of changes) {
      const emails = ownEmails(after);
      if (before.length === 0) {
        if (after.length > 0) pushList(inserted, patronId, after, emails);
      } else if (after.length === 0) emptied.push([tenantId, patronId]);
      else {
        const row: Value[] = [tenantId];
        pushList(row, patronId, after, emails);
        updated.push(row);
      }
      if (emails !== ownEmails(before)) touched.push(patronId);
    }
    await tools.insertRows('contact_list', { tenant_id: tenantId }, ['patron_id', ...listColumns], inserted);
    await tools.updateRows('contact_list', ['tenant_id', 'patron_id'], listColumns, updated);
    await tools.deleteRows('contact_list', ['tenant_id', 'patron_id'], emptied);
    await tools.search.touched(touched);
  }

  #lists() {
    return this.#context.db.selectFrom('contact_list').where('tenant_id', '=', this.#context.tenantId);
  }
}

const noContacts: readonly StoredContact[] = [];

const listColumns = [
  'contacts',
  'contact_count',
  'email_count',
  'imported_count',
  'created_runs',
  'own_emails',
  'email_key',
];

/** Appends the patron and the values of `listColumns`. */
function pushList(
  values: Value[],
  patronId: number,
  contacts: readonly StoredContact[],
  emails: string,
): void {
  let emailCount = 0;
  let importedCount = 0;
  let runs = ' ';
  for (const { type, origin, createdRun } of contacts) {
    if (type === 'EMAIL') emailCount++;
    if (origin === 'imported') importedCount++;
    if (createdRun !== null && !runs.includes(` ${createdRun} `)) runs += `${createdRun} `;
  }
  values.push(patronId, packContacts(contacts), contacts.length, emailCount, importedCount, runs, emails);
  // S2: by the one that is the patron's e-mail, not by another own one.
  const several = emails.includes('\n');
  values.push((several ? foldForSearch(emailOf(contacts)) : emails) || null);
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
