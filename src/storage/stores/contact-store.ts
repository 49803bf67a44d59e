import { sql, type Selectable } from 'kysely';
import type { Contact } from '../../domain/contact/contact.ts';
import { foldForSearch } from '../../domain/text/fold.ts';
import type { ContactReader, ContactWriter, NewContact, StoredContact } from '../../ports/contacts.ts';
import type { Provenance } from '../../ports/patrons.ts';
import { bccCode, contactRoleCode, contactTypeCode, originCode } from '../schema/codes.ts';
import type { ContactTable } from '../schema/tables.ts';
import type { StoreContext, Value } from './context.ts';

export class ContactStore implements ContactReader, ContactWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async listByPatron(patronId: number): Promise<StoredContact[]> {
    const rows = await this.#all().where('patron_id', '=', patronId).orderBy('id').execute();
    return rows.map(contactOf);
  }

  async mapByPatron(patronIds: readonly number[]): Promise<Map<number, StoredContact[]>> {
    const { db, tools, tenantId } = this.#context;
    const rows = await db
      .selectFrom(tools.wanted(patronIds))
      .crossJoin('contact')
      .selectAll('contact')
      .where('contact.tenant_id', '=', tenantId)
      .whereRef('contact.patron_id', '=', 'wanted.value')
      .orderBy('contact.patron_id')
      .orderBy('contact.id')
      .execute();
    const byPatron = new Map<number, StoredContact[]>();
    for (const row of rows) {
      const contacts = byPatron.get(row.patron_id);
      if (contacts) contacts.push(contactOf(row));
      else byPatron.set(row.patron_id, [contactOf(row)]);
    }
    return byPatron;
  }

  async listPatronsWithImported(afterId: number, limit: number): Promise<number[]> {
    const rows = await this.#context.db
      .selectFrom('contact')
      .select('patron_id')
      .distinct()
      .where('tenant_id', '=', this.#context.tenantId)
      .where('origin', '=', originCode.toNumber('imported'))
      .where('patron_id', '>', afterId)
      .orderBy('patron_id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.patron_id);
  }

  async listPatronsWithoutEmail(afterId: number, limit: number): Promise<number[]> {
    const rows = await this.#context.db
      .selectFrom('patron')
      .select('id')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('id', '>', afterId)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('contact')
              .select(sql`1`.as('one'))
              .whereRef('contact.tenant_id', '=', 'patron.tenant_id')
              .whereRef('contact.patron_id', '=', 'patron.id')
              .where('contact.type', '=', contactTypeCode.toNumber('EMAIL')),
          ),
        ),
      )
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.id);
  }

  async count(): Promise<number> {
    const row = await this.#context.db
      .selectFrom('contact')
      .select(sql<number>`count(*)`.as('n'))
      .where('tenant_id', '=', this.#context.tenantId)
      .executeTakeFirstOrThrow();
    return Number(row.n);
  }

  async insert(contacts: readonly NewContact[], provenance: Provenance): Promise<void> {
    const { tools, tenantId } = this.#context;
    const values: Value[] = [];
    const emails = [];
    for (const contact of contacts) {
      const folded = foldedContact(contact);
      if (isOwnEmail(contact)) emails.push({ id: contact.id, text: folded ?? contact.contact });
      values.push(contact.patronId, contact.id);
      pushRecord(values, contact, folded);
    }
    await tools.insertRows(
      'contact',
      { tenant_id: tenantId, created_run: provenance.createdRun, created_at: provenance.createdAt },
      ['patron_id', 'id', ...recordColumns],
      values,
    );
    await tools.search.emailsInserted(emails);
  }

  async update(contacts: readonly (Contact & { patronId: number })[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    await tools.updateRows(
      'contact',
      ['tenant_id', 'patron_id', 'id'],
      recordColumns,
      contacts.map((contact) => [
        tenantId,
        contact.patronId,
        contact.id,
        ...recordValues(contact, foldedContact(contact)),
      ]),
    );
    await tools.search.emailsRemoved(contacts.map((contact) => contact.id));
    await tools.search.emailsInserted(
      contacts
        .filter(isOwnEmail)
        .map((contact) => ({ id: contact.id, text: foldedContact(contact) ?? contact.contact })),
    );
  }

  async remove(keys: readonly { readonly patronId: number; readonly id: number }[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    await tools.deleteRows(
      'contact',
      ['tenant_id', 'patron_id', 'id'],
      keys.map((key) => [tenantId, key.patronId, key.id]),
    );
    await tools.search.emailsRemoved(keys.map((key) => key.id));
  }

  #all() {
    return this.#context.db
      .selectFrom('contact')
      .selectAll()
      .where('contact.tenant_id', '=', this.#context.tenantId);
  }
}

/** The patron's own e-mail addresses are what a keyword search finds a patron by (S2). */
function isOwnEmail(contact: Contact | NewContact): boolean {
  return contact.type === 'EMAIL' && contact.role === 'PATRON';
}

/**
 * The search form of a patron's own e-mail, null where it is the address itself: most are, and need no second
 * copy. Other contacts are not searched and have none.
 */
function foldedContact(contact: Contact | NewContact): string | null {
  if (!isOwnEmail(contact)) return null;
  const folded = foldForSearch(contact.contact);
  return folded === contact.contact ? null : folded;
}

const recordColumns = [
  'type',
  'role',
  'is_primary',
  'addressee',
  'contact',
  'contact_folded',
  'bcc',
  'sms',
  'scenarios',
  'origin',
  'imported_as',
];

function recordValues(contact: Omit<Contact, 'id'>, folded: string | null): Value[] {
  const values: Value[] = [];
  pushRecord(values, contact, folded);
  return values;
}

/** Appends the values of `recordColumns`; imports come here hundreds of thousands of times. */
function pushRecord(values: Value[], contact: Omit<Contact, 'id'>, folded: string | null): void {
  values.push(
    contactTypeCode.toNumber(contact.type),
    contactRoleCode.toNumber(contact.role),
    contact.primary ? 1 : 0,
    contact.addressee,
    contact.contact,
    folded,
    bccCode.toNumber(contact.bcc),
    contact.sms ? 1 : 0,
    contact.scenarios,
    originCode.toNumber(contact.origin),
    contact.importedAs,
  );
}

function contactOf(row: Selectable<ContactTable>): StoredContact {
  return {
    patronId: row.patron_id,
    id: row.id,
    type: contactTypeCode.toWord(row.type),
    role: contactRoleCode.toWord(row.role),
    primary: row.is_primary === 1,
    addressee: row.addressee,
    contact: row.contact,
    bcc: bccCode.toWord(row.bcc),
    sms: row.sms === 1,
    scenarios: row.scenarios,
    origin: originCode.toWord(row.origin),
    importedAs: row.imported_as,
    createdRun: row.created_run,
    createdAt: row.created_at,
  };
}
