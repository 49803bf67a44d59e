import { setImmediate as letOthersWork } from 'node:timers/promises';
import { sql, type JoinBuilder, type Kysely } from 'kysely';
import { fullName } from '../../domain/patron/identity.ts';
import type { KeyField } from '../../domain/patron/patron.ts';
import { foldForSearch, foldKey } from '../../domain/text/fold.ts';
import type {
  ContainingFilter,
  ListedPatron,
  PatronBlock,
  PatronLookup,
  PatronName,
  PatronWithContacts,
} from '../../ports/patron-lookup.ts';
import type { StoredContact } from '../../ports/contacts.ts';
import type { StoredPatron } from '../../ports/patrons.ts';
import { patronRoleCode } from '../schema/codes.ts';
import { unpackContacts } from '../schema/contact-list.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { FixedQuery } from './fixed-query.ts';
import { idsPerBlock, PatronBlocks } from './patron-blocks.ts';
import {
  keyColumn,
  listedColumns,
  listedOf,
  patronColumns,
  patronOf,
  type ListedRow,
  type PatronRow,
} from './patron-store.ts';

/** Patrons of one name read in one go. */
const namesakesAtOnce = 100;

/** Candidates looked at in one go, where an index tells them. */
const candidatesMax = 200;

/** Comes after every sign of a text in search form, in the order of code points that the indexes keep. */
const lastSign = '\u{10ffff}';

type WithContacts = PatronRow & { readonly contacts: string | null };
type ListedWithContacts = ListedRow & { readonly contacts: string | null };

export class PatronLookupStore implements PatronLookup {
  readonly #context: StoreContext;
  readonly #byEmail: FixedQuery<TenantTables, PatronRow, 'key' | 'limit'>;
  readonly #withContacts: Readonly<
    Record<KeyField | 'email', FixedQuery<TenantTables, WithContacts, 'key' | 'limit'>>
  >;
  readonly #named: Readonly<
    Record<KeyField | 'none', FixedQuery<TenantTables, WithContacts, 'id' | 'key' | 'named'>>
  >;
  readonly #from: FixedQuery<TenantTables, ListedWithContacts, 'firstId' | 'offset' | 'limit'>;
  readonly #byIds: FixedQuery<TenantTables, ListedWithContacts, 'ids'>;
  readonly #stamp: FixedQuery<TenantTables, { stamp: number }, never>;
  readonly #stampOfName: FixedQuery<
    TenantTables,
    { stamp: number; more: number | null },
    'from' | 'before' | 'count'
  >;

  constructor(context: StoreContext) {
    this.#context = context;
    const { tenantId } = context;
    this.#byEmail = new FixedQuery(context.db, (db, value) =>
      ofEmail(db, tenantId, value('key')).limit(value('limit') as never),
    );
    const byKey = (field: KeyField) =>
      new FixedQuery<TenantTables, WithContacts, 'key' | 'limit'>(context.db, (_, value) =>
        this.#all()
          .leftJoin('contact_list', ofPatron)
          .select('contact_list.contacts')
          .where(`patron.${keyColumn[field]}`, '=', value('key'))
          .limit(value('limit') as never),
      );
    this.#withContacts = {
      username: byKey('username'),
      barcode: byKey('barcode'),
      externalid: byKey('externalid'),
      email: new FixedQuery(context.db, (db, value) =>
        ofEmail(db, tenantId, value('key'))
          .select('contact_list.contacts')
          .limit(value('limit') as never),
      ),
    };
    const named = (field?: KeyField) =>
      new FixedQuery<TenantTables, WithContacts, 'id' | 'key' | 'named'>(context.db, (db, value) =>
        this.#whoIsNamed(db, value, field),
      );
    this.#named = {
      username: named('username'),
      barcode: named('barcode'),
      externalid: named('externalid'),
      none: named(),
    };
    // Those left out are not looked up in the other table.
    this.#from = new FixedQuery(context.db, (db, value) =>
      db
        .selectFrom(
          this.#everybody()
            .select([...listedColumns, 'patron.tenant_id'])
            .where('patron.id', '>=', value('firstId') as never)
            .orderBy('patron.id')
            .limit(value('limit') as never)
            .offset(value('offset') as never)
            .as('patron'),
        )
        .leftJoin('contact_list', ofPatron)
        .select([...listedColumns, 'contact_list.contacts'])
        .orderBy('patron.id'),
    );
    this.#byIds = new FixedQuery(context.db, (db, value) =>
      db
        .selectFrom(context.tools.wantedPacked(value('ids')))
        .crossJoin('patron')
        .leftJoin('contact_list', ofPatron)
        .select([...listedColumns, 'contact_list.contacts'])
        .where('patron.tenant_id', '=', tenantId)
        .whereRef('patron.id', '=', 'wanted.value')
        .orderBy('patron.id'),
    );
    const stamp = (db: Kysely<TenantTables>) =>
      db
        .selectFrom('id_sequence')
        .select(sql<number>`coalesce(sum(next_id), 0)`.as('stamp'))
        .where('tenant_id', '=', tenantId)
        .where('name', 'in', ['patron', 'contact', 'change']);
    this.#stamp = new FixedQuery(context.db, stamp);
    this.#stampOfName = new FixedQuery(context.db, (db, value) =>
      stamp(db).select(
        this.#everybody()
          // Nothing of the patron itself, so that the index alone is read.
          .select(sql<number>`1`.as('one'))
          .where('patron.name_key', '>=', value('from'))
          .where('patron.name_key', '<', value('before'))
          .limit(1)
          .offset(value('count') as never)
          .as('more'),
      ),
    );
  }

  async listByEmail(email: string, limit: number): Promise<StoredPatron[]> {
    const key = foldForSearch(email);
    if (key === '') return [];
    return (await this.#byEmail.execute({ key, limit })).map(patronOf);
  }

  async listWithContacts(
    field: KeyField | 'email',
    value: string,
    limit: number,
  ): Promise<PatronWithContacts[]> {
    const key = field === 'email' ? foldForSearch(value) : foldKey(value);
    if (key === '') return [];
    return (await this.#withContacts[field].execute({ key, limit })).map(withContacts);
  }

  async listNamed({ id = 0, key, named }: PatronName): Promise<PatronWithContacts[]> {
    const rows = await this.#named[named?.field ?? 'none'].execute({ id, key, named: named?.key ?? '' });
    return [...new Map(rows.map((row) => [row.id, row])).values()].map(withContacts);
  }

  /** The index knows names in their search form; those that differ in more than case are left out here. */
  async listByFullName(name: string, limit: number): Promise<StoredPatron[]> {
    const wanted = foldName(name);
    const key = foldForSearch(name);
    const found: StoredPatron[] = [];
    if (key === '') return found;
    for (let after = 0, isMore = true; isMore && found.length < limit;) {
      const rows = await this.#all()
        .where('patron.name_key', '=', key)
        .where('patron.id', '>', after)
        .orderBy('patron.id')
        .limit(namesakesAtOnce)
        .execute();
      found.push(...rows.map(patronOf).filter((patron) => foldName(fullName(patron)) === wanted));
      after = rows.at(-1)?.id ?? 0;
      isMore = rows.length === namesakesAtOnce;
    }
    return found.slice(0, limit);
  }

  async listContaining(
    words: readonly string[],
    { roles, afterId, limit }: ContainingFilter,
  ): Promise<number[]> {
    const { db, tenantId, tools } = this.#context;
    const { search, wantedIds } = tools;
    const codes = roles?.map((role) => patronRoleCode.toNumber(role));
    const listed = words.length === 0 ? undefined : await search.list?.(words, codes, afterId, limit);
    if (listed !== undefined) return listed;
    const found: number[] = [];
    /** Of the candidates of the step before, how many fit. */
    let fitting = 1;
    for (let after = afterId, isMore = true; isMore && found.length < limit;) {
      const wanted = limit - found.length;
      // Mostly all of them fit; the fewer do, the larger steps are taken.
      const asked = after === afterId ? wanted : Math.max(wanted, Math.ceil(candidatesMax * (1 - fitting)));
      const from = after;
      const candidates = words.length === 0 ? undefined : await search.candidates(words, from, asked);
      isMore = candidates !== undefined && candidates.ids.length === asked;
      after = candidates?.ids.at(-1) ?? after;
      if (candidates !== undefined && candidates.fit === undefined && codes === undefined) {
        found.push(...candidates.ids);
        continue;
      }
      let query = this.#everybody().select('patron.id').where('patron.id', '>', from);
      if (candidates) {
        query = db
          .selectFrom(wantedIds(candidates.ids))
          .crossJoin('patron')
          .select('patron.id')
          .where('patron.tenant_id', '=', tenantId)
          .whereRef('patron.id', '=', 'wanted.value');
        if (candidates.fit !== undefined) query = query.where(candidates.fit);
      } else if (words.length > 0) query = query.where(await search.contains(words));
      if (codes) query = query.where('patron.role', 'in', codes);
      const rows = await query.orderBy('patron.id').limit(wanted).execute();
      for (const { id } of rows) found.push(id);
      fitting = rows.length / asked;
      if (isMore) await letOthersWork();
    }
    return found;
  }

  async listBlocks(): Promise<PatronBlock[]> {
    await new PatronBlocks(this.#context).settle();
    const rows = await this.#context.db
      .selectFrom('patron_block')
      .select(['block', 'patrons'])
      .where('tenant_id', '=', this.#context.tenantId)
      .where('patrons', '>', 0)
      .orderBy('block')
      .execute();
    return rows.map(({ block, patrons }) => ({
      firstId: block * idsPerBlock,
      patrons,
      isFull: patrons === idsPerBlock,
    }));
  }

  async listFrom(firstId: number, offset: number, limit: number): Promise<ListedPatron[]> {
    return (await this.#from.execute({ firstId, offset, limit })).map(listedWithContacts);
  }

  async listByIds(ids: readonly number[]): Promise<ListedPatron[]> {
    if (ids.length === 0) return [];
    return (await this.#byIds.execute({ ids: this.#context.tools.packIds(ids) })).map(listedWithContacts);
  }

  async searchStamp(): Promise<number> {
    const [row] = await this.#stamp.execute({});
    return Number(row!.stamp);
  }

  async stampOfName(beginning: string, count: number): Promise<{ stamp: number; isOfMore: boolean }> {
    const before = `${beginning}${lastSign}`;
    const [row] = await this.#stampOfName.execute({ from: beginning, before, count });
    return { stamp: Number(row!.stamp), isOfMore: row!.more !== null };
  }

  /** A few looks into an index each, whatever a planner knows of the table. */
  #whoIsNamed(
    db: Kysely<TenantTables>,
    value: (name: 'id' | 'key' | 'named') => string,
    field: KeyField | undefined,
  ) {
    const one = () => this.#everybody().select([...patronColumns, 'patron.tenant_id']);
    const of = (kind: KeyField, key: 'key' | 'named') =>
      one().where(`patron.${keyColumn[kind]}`, '=', value(key));
    const byId = one().where('patron.id', '=', value('id') as never);
    const byAnyKey = byId
      .unionAll(of('username', 'key'))
      .unionAll(of('barcode', 'key'))
      .unionAll(of('externalid', 'key'));
    const all = field === undefined ? byAnyKey : byAnyKey.unionAll(of(field, 'named'));
    return db
      .selectFrom(all.as('patron'))
      .leftJoin('contact_list', ofPatron)
      .select([...patronColumns, 'contact_list.contacts']);
  }

  #all() {
    return this.#everybody().select(patronColumns);
  }

  #everybody() {
    return this.#context.db.selectFrom('patron').where('patron.tenant_id', '=', this.#context.tenantId);
  }
}

function withContacts(row: WithContacts): PatronWithContacts {
  return { patron: patronOf(row), contacts: contactsOf(row) };
}

function listedWithContacts(row: ListedWithContacts): ListedPatron {
  return { patron: listedOf(row), contacts: contactsOf(row) };
}

function contactsOf({ id, contacts }: ListedWithContacts): StoredContact[] {
  return contacts === null ? [] : unpackContacts(id, contacts);
}

/** The list of contacts that is the patron's. */
function ofPatron(join: JoinBuilder<TenantTables, 'patron' | 'contact_list'>) {
  return join
    .onRef('contact_list.tenant_id', '=', 'patron.tenant_id')
    .onRef('contact_list.patron_id', '=', 'patron.id');
}

/** Whoever has this e-mail, by id. */
function ofEmail(db: Kysely<TenantTables>, tenantId: number, key: string) {
  return db
    .selectFrom('contact_list')
    .crossJoin('patron')
    .select(patronColumns)
    .where('contact_list.tenant_id', '=', tenantId)
    .where('contact_list.email_key', '=', key)
    .where('patron.tenant_id', '=', tenantId)
    .whereRef('patron.id', '=', 'contact_list.patron_id')
    .orderBy('contact_list.patron_id');
}

/** A full name as F12 compares it. */
function foldName(name: string): string {
  return foldKey(name.replace(/\s+/gu, ' '));
}
