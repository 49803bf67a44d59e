import { setImmediate as letOthersWork } from 'node:timers/promises';
import { sql, type Selectable, type SelectQueryBuilder } from 'kysely';
import { keyFields, type KeyField, type Patron } from '../../domain/patron/patron.ts';
import { foldForSearch, foldKey } from '../../domain/text/fold.ts';
import type {
  NewPatron,
  Page,
  PatronReader,
  PatronSearch,
  PatronWriter,
  Provenance,
  StoredPatron,
} from '../../ports/patrons.ts';
import { patronRoleCode, patronStatusCode } from '../schema/codes.ts';
import type { PatronTable, TenantTables } from '../schema/tables.ts';
import type { StoreContext, Value, Wanted } from './context.ts';
import { FixedQuery, runFixed } from './fixed-query.ts';
import { PatronBlocks } from './patron-blocks.ts';
import { listReferred, refuseReferred, type Reference } from './references.ts';

/** Matches are counted, and sorted by name, up to this many; above it the order is that of the ids. */
const countedMax = 1000;

/** So many are taken from the index at a time: few enough that reading them holds nobody up. */
const candidatesAtOnce = 1200;

/** Ids whose usernames are read at once. */
const walkedAtOnce = 20_000;

/** The column of a key's folded form. */
export const keyColumn = {
  username: 'username_key',
  barcode: 'barcode_key',
  externalid: 'externalid_key',
} as const satisfies Record<KeyField, keyof PatronTable>;

type ByKey = FixedQuery<TenantTables, PatronRow, 'key'>;

export class PatronStore implements PatronReader, PatronWriter {
  readonly #context: StoreContext;
  readonly #byKey: Readonly<Record<KeyField, ByKey>>;
  readonly #byAnyKey: ByKey;
  readonly #blocks: PatronBlocks;

  constructor(context: StoreContext) {
    this.#context = context;
    const by = (field: KeyField): ByKey =>
      new FixedQuery(context.db, (_, value) => this.#all().where(keyColumn[field], '=', value('key')));
    this.#byKey = { username: by('username'), barcode: by('barcode'), externalid: by('externalid') };
    // Three looks into an index each in one statement, whatever a planner knows of the table.
    this.#byAnyKey = new FixedQuery(context.db, (_, value) => {
      const of = (field: KeyField) => this.#all().where(keyColumn[field], '=', value('key'));
      return of('username').unionAll(of('barcode')).unionAll(of('externalid'));
    });
    this.#blocks = new PatronBlocks(context);
  }

  async findById(id: number): Promise<StoredPatron | undefined> {
    const row = await this.#all().where('patron.id', '=', id).executeTakeFirst();
    return row && patronOf(row);
  }

  async findByKey(field: KeyField, value: string): Promise<StoredPatron | undefined> {
    const key = foldKey(value);
    if (key === '') return undefined;
    const [row] = await this.#byKey[field].execute({ key });
    return row && patronOf(row);
  }

  async listByAnyKey(value: string): Promise<StoredPatron[]> {
    const key = foldKey(value);
    if (key === '') return [];
    const rows = await this.#byAnyKey.execute({ key });
    if (rows.length === 0) return [];
    return keyFields.flatMap((field) => {
      const row = rows.find((one) => one[keyColumn[field]] === key);
      return row === undefined ? [] : patronOf(row);
    });
  }

  async findByIds(ids: readonly number[]): Promise<StoredPatron[]> {
    const { db, tools } = this.#context;
    const wanted = this.#among(tools.wantedIds(ids)).whereRef('patron.id', '=', 'wanted.value');
    return (await runFixed(db, wanted.orderBy('patron.id'))).map(patronOf);
  }

  async mapByKey(field: KeyField, foldedKeys: readonly string[]): Promise<Map<string, StoredPatron>> {
    const { db, tools } = this.#context;
    const wanted = this.#among(tools.wantedTexts(foldedKeys));
    const rows = await runFixed(db, wanted.whereRef(`patron.${keyColumn[field]}`, '=', 'wanted.value'));
    return new Map(rows.map((row) => [row[keyColumn[field]]!, patronOf(row)]));
  }

  async mapIdsByKey(field: KeyField, foldedKeys: readonly string[]): Promise<Map<string, number>> {
    const column = keyColumn[field];
    const rows = await this.#context.db
      .selectFrom(this.#context.tools.wantedTexts(foldedKeys))
      .crossJoin('patron')
      .select(['wanted.value', 'patron.id'])
      .where('patron.tenant_id', '=', this.#context.tenantId)
      .whereRef(`patron.${column}`, '=', 'wanted.value')
      .execute();
    return new Map(rows.map(({ value, id }) => [value, id]));
  }

  async search(search: PatronSearch): Promise<Page<StoredPatron>> {
    const words = foldForSearch(search.q).split(' ').filter(Boolean);
    const start = (search.page - 1) * search.pageSize;
    const exact = await this.#exactMatches(search);
    const first = exact.slice(start, start + search.pageSize);
    const offset = Math.max(0, start - exact.length);
    const limit = search.pageSize - first.length;
    const { ids, isAll } = await this.#others(search, words, exact, offset, limit);
    if (!isAll) return { items: [...first, ...(await this.findByIds(ids))], total: null };
    const rest = await this.#among(this.#context.tools.wantedIds(ids))
      .whereRef('patron.id', '=', 'wanted.value')
      .orderBy('patron.surname')
      .orderBy('patron.firstname')
      .orderBy('patron.id')
      .limit(limit)
      .offset(offset)
      .execute();
    return { items: [...first, ...rest.map(patronOf)], total: exact.length + ids.length };
  }

  /**
   * Who else matches: the others, so that what comes first is neither repeated nor pushes anybody off a page. All of
   * them where they are few enough to be counted, else those of the page in the order of their ids.
   */
  async #others(
    search: PatronSearch,
    words: readonly string[],
    exact: readonly StoredPatron[],
    offset: number,
    limit: number,
  ): Promise<{ ids: number[]; isAll: boolean }> {
    // Blank means everybody; signs that fold to nothing are contained in nobody.
    if (words.length === 0 && search.q.trim() !== '') return { ids: [], isAll: true };
    let others = this.#filtered(search).select('patron.id').orderBy('patron.id');
    for (const { id } of exact) others = others.where('patron.id', '<>', id);
    if (words.length > 0) {
      const known = isFiltered(search) ? undefined : new Set(exact.map(({ id }) => id));
      const found = await this.#gather(others, words, Math.max(countedMax + 1, offset + limit), known);
      if (found !== undefined && found.length <= countedMax) return { ids: found, isAll: true };
      if (found !== undefined) return { ids: found.slice(offset, offset + limit), isAll: false };
      others = others.where(await this.#context.tools.search.contains(words));
    }
    const counted = await others.limit(countedMax + 1).execute();
    if (counted.length <= countedMax) return { ids: counted.map(({ id }) => id), isAll: true };
    const rows =
      offset + limit <= countedMax
        ? counted.slice(offset, offset + limit)
        : await others.limit(limit).offset(offset).execute();
    return { ids: rows.map(({ id }) => id), isAll: false };
  }

  /**
   * The first `limit` or more of those who match, or all, by going along the index; undefined where the engine knows a
   * better way. Others get a turn now and then: a word may be in the index very often and yet in few with the rest.
   * `known`, those to be left out, is given where words are all that is asked for: then nobody is looked up whom the
   * index is sure of.
   */
  async #gather(
    others: SelectQueryBuilder<TenantTables, 'patron', { id: number }>,
    words: readonly string[],
    limit: number,
    known: ReadonlySet<number> | undefined,
  ): Promise<number[] | undefined> {
    const { db, tools } = this.#context;
    const found: number[] = [];
    for (let after = 0; found.length < limit; await letOthersWork()) {
      const candidates = await tools.search.candidates(words, after, candidatesAtOnce);
      if (candidates === undefined) return undefined;
      const { ids, fit } = candidates;
      if (fit === undefined && known !== undefined) {
        for (const id of ids) if (!known.has(id)) found.push(id);
      } else {
        const among = db.selectFrom(tools.wantedIds(ids)).select('wanted.value');
        const fitting = others.where('patron.id', 'in', among);
        const rows = await (fit === undefined ? fitting : fitting.where(fit)).execute();
        for (const { id } of rows) found.push(id);
      }
      if (ids.length < candidatesAtOnce) break;
      after = ids.at(-1)!;
    }
    return found;
  }

  async listAfter(afterId: number, limit: number): Promise<StoredPatron[]> {
    const rows = await this.#all().where('id', '>', afterId).orderBy('id').limit(limit).execute();
    return rows.map(patronOf);
  }

  async walkUsernames(visit: (id: number, usernameKey: string) => void): Promise<void> {
    const { db, tenantId, tools } = this.#context;
    const last = await db
      .selectFrom('patron')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    for (let after = 0; after < (last?.id ?? 0); after += walkedAtOnce) {
      // In their order whichever index they are found by.
      const inOrder = db
        .selectFrom('patron')
        .select(['id', 'username_key'])
        .where('tenant_id', '=', tenantId)
        .where('id', '>', after)
        .where('id', '<=', after + walkedAtOnce)
        .where('username_key', 'is not', null)
        .orderBy('id');
      const [row] = await runFixed(
        db,
        db
          .selectFrom(inOrder.as('named'))
          .select([tools.listed('id').as('ids'), tools.listed('username_key').as('keys')]),
      );
      const ids = JSON.parse(row!.ids ?? '[]') as number[];
      const keys = JSON.parse(row!.keys ?? '[]') as string[];
      for (let place = 0; place < ids.length; place++) visit(ids[place]!, keys[place]!);
    }
  }

  async count(status?: Patron['status']): Promise<number> {
    const { db, tenantId } = this.#context;
    await this.#blocks.settle();
    const counted =
      status === undefined
        ? db
            .selectFrom('patron_block')
            .select(sql<number>`coalesce(sum(patrons), 0)`.as('n'))
            .where('tenant_id', '=', tenantId)
        : db
            .selectFrom('patron')
            .select(sql<number>`count(*)`.as('n'))
            .where('tenant_id', '=', tenantId)
            .where('status', '=', patronStatusCode.toNumber(status));
    const { n } = await counted.executeTakeFirstOrThrow();
    return Number(n);
  }

  listReferred(ids: readonly number[]): Promise<number[]> {
    return listReferred(this.#context, patronReferences, ids);
  }

  async insert(patrons: readonly NewPatron[], provenance: Provenance): Promise<void> {
    const { tools, tenantId } = this.#context;
    const values: Value[] = [];
    for (const patron of patrons) {
      values.push(patron.id);
      pushRecord(values, patron);
    }
    const { createdRun, createdAt } = provenance;
    await tools.insertRows(
      'patron',
      { tenant_id: tenantId, created_run: createdRun, created_at: createdAt, updated_at: createdAt },
      ['id', ...recordColumns],
      values,
    );
    const ids = patrons.map(({ id }) => id);
    await this.#blocks.add(ids, 1);
    await tools.search.touched(ids);
  }

  async update(
    patrons: readonly Patron[],
    updatedAt: number,
    before?: ReadonlyMap<number, Patron>,
  ): Promise<void> {
    const { tools, tenantId } = this.#context;
    const [same, moved] = partition(patrons, (patron) => hasSameIndexed(patron, before?.get(patron.id)));
    // First every key is given up, so that one may pass from a patron of this call to another.
    await tools.updateRows(
      'patron',
      ['tenant_id', 'id'],
      ['username_key', 'barcode_key', 'externalid_key'],
      moved.map((patron) => [tenantId, patron.id, null, null, null]),
    );
    await tools.updateRows(
      'patron',
      ['tenant_id', 'id'],
      [...recordColumns, 'updated_at'],
      moved.map((patron) => [tenantId, patron.id, ...recordValues(patron), updatedAt]),
    );
    const places = recordColumns.flatMap((column, place) => (indexedColumns.has(column) ? [] : [place]));
    await tools.updateRows(
      'patron',
      ['tenant_id', 'id'],
      [...places.map((place) => recordColumns[place]!), 'updated_at'],
      same.map((patron) => {
        const values = recordValues(patron);
        return [tenantId, patron.id, ...places.map((place) => values[place]!), updatedAt];
      }),
    );
    await tools.search.touched(patrons.map(({ id }) => id));
  }

  async remove(ids: readonly number[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    await refuseReferred(this.#context, patronReferences, ids, 'patron');
    await tools.deleteRows(
      'patron',
      ['tenant_id', 'id'],
      ids.map((id) => [tenantId, id]),
    );
    await this.#blocks.add(ids, -1);
    await tools.search.touched(ids);
  }

  #all() {
    return this.#context.db
      .selectFrom('patron')
      .select(patronColumns)
      .where('patron.tenant_id', '=', this.#context.tenantId);
  }

  /** To be matched with `wanted.value`. */
  #among<V extends string | number>(wanted: Wanted<V>) {
    return this.#context.db
      .selectFrom(wanted)
      .crossJoin('patron')
      .select(patronColumns)
      .where('patron.tenant_id', '=', this.#context.tenantId);
  }

  /** Everybody the search is about, before its words are looked for. */
  #filtered({ role, status, withoutEmail }: Partial<PatronSearch>) {
    let query = this.#context.db.selectFrom('patron').where('patron.tenant_id', '=', this.#context.tenantId);
    if (role) query = query.where('patron.role', '=', patronRoleCode.toNumber(role));
    if (status) query = query.where('patron.status', '=', patronStatusCode.toNumber(status));
    if (!withoutEmail) return query;
    return query.where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('contact_list')
            .select(sql`1`.as('one'))
            .whereRef('contact_list.tenant_id', '=', 'patron.tenant_id')
            .whereRef('contact_list.patron_id', '=', 'patron.id')
            .where('contact_list.email_count', '>', 0),
        ),
      ),
    );
  }

  /** Patrons one of whose keys is exactly what was searched for. */
  async #exactMatches(search: PatronSearch): Promise<StoredPatron[]> {
    const found = new Map((await this.listByAnyKey(search.q)).map((patron) => [patron.id, patron]));
    if (found.size === 0 || !isFiltered(search)) return [...found.values()];
    const rows = await this.#filtered(search)
      .select('patron.id')
      .where('patron.id', 'in', [...found.keys()])
      .execute();
    const fitting = new Set(rows.map(({ id }) => id));
    return [...found.values()].filter(({ id }) => fitting.has(id));
  }
}

/** Whether more is asked for than words. */
function isFiltered({ role, status, withoutEmail }: PatronSearch): boolean {
  return role !== undefined || status !== undefined || withoutEmail === true;
}

/** What a patron must not be removed from under. */
const patronReferences: readonly Reference[] = [
  { table: 'section_member', column: 'patron_id' },
  { table: 'patron_group', column: 'contact_patron_id' },
  { table: 'section', column: 'contact_patron_id' },
  { table: 'access_override', column: 'patron_id' },
];

const recordColumns = [
  'username',
  'barcode',
  'externalid',
  'username_key',
  'barcode_key',
  'externalid_key',
  'firstname',
  'surname',
  'classgrade',
  'room',
  'role',
  'status',
  'search_text',
  'name_key',
];

/** Columns that an index holds; writing them writes the index, be it the same value. */
const indexedColumns = new Set(['username_key', 'barcode_key', 'externalid_key', 'name_key']);

function hasSameIndexed(after: Patron, before: Patron | undefined): boolean {
  return (
    before !== undefined &&
    after.username === before.username &&
    after.barcode === before.barcode &&
    after.externalid === before.externalid &&
    after.firstname === before.firstname &&
    after.surname === before.surname
  );
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  const parts: [T[], T[]] = [[], []];
  for (const item of items) parts[isFirst(item) ? 0 : 1].push(item);
  return parts;
}

function recordValues(patron: Omit<Patron, 'id'>): Value[] {
  const values: Value[] = [];
  pushRecord(values, patron);
  return values;
}

/** The values of `recordColumns`. */
function pushRecord(values: Value[], patron: Omit<Patron, 'id'>): void {
  const { text, name } = searchForm(patron);
  values.push(
    patron.username,
    patron.barcode,
    patron.externalid,
    foldKey(patron.username) || null,
    foldKey(patron.barcode) || null,
    foldKey(patron.externalid) || null,
    patron.firstname,
    patron.surname,
    patron.classgrade,
    patron.room,
    patronRoleCode.toNumber(patron.role),
    patronStatusCode.toNumber(patron.status),
    text,
    name || null,
  );
}

/** What the contains-search looks at, and the full name as it stands in there. */
interface SearchForm {
  readonly text: string;
  readonly name: string;
}

/** A line break keeps a word from matching across two fields. */
function searchForm(patron: Omit<Patron, 'id'>): SearchForm {
  const name = foldForSearch(`${patron.firstname} ${patron.surname}`);
  const text = [
    foldForSearch(patron.username),
    foldForSearch(patron.barcode),
    foldForSearch(patron.externalid),
    name,
    foldForSearch(patron.classgrade),
    foldForSearch(patron.room),
    patron.role.toLowerCase(),
  ].join('\n');
  return { text, name };
}

/**
 * What is shown of a patron that is one of many. Each by its name: with all there are, a statement that is kept prepared
 * would fail once a newer program beside this one has added a column.
 */
export const listedColumns = [
  'patron.id',
  'patron.username',
  'patron.barcode',
  'patron.externalid',
  'patron.firstname',
  'patron.surname',
  'patron.classgrade',
  'patron.room',
  'patron.role',
  'patron.status',
] as const;

/** What is read of a patron. */
export const patronColumns = [
  ...listedColumns,
  'patron.username_key',
  'patron.barcode_key',
  'patron.externalid_key',
  'patron.created_run',
  'patron.created_at',
  'patron.updated_at',
] as const;

/** A row of `listedColumns`. */
export type ListedRow = Pick<PatronRow, ColumnName<(typeof listedColumns)[number]>>;

type ColumnName<Reference> = Reference extends `patron.${infer Name}` ? Name : never;

/** A row of `patronColumns`. */
export type PatronRow = Pick<
  Selectable<PatronTable>,
  Extract<ColumnName<(typeof patronColumns)[number]>, keyof PatronTable>
>;

export function patronOf(row: PatronRow): StoredPatron {
  const { created_run, created_at, updated_at } = row;
  return { ...listedOf(row), createdRun: created_run, createdAt: created_at, updatedAt: updated_at };
}

export function listedOf(row: ListedRow): Patron {
  return {
    id: row.id,
    username: row.username,
    barcode: row.barcode,
    externalid: row.externalid,
    firstname: row.firstname,
    surname: row.surname,
    classgrade: row.classgrade,
    room: row.room,
    role: patronRoleCode.toWord(row.role),
    status: patronStatusCode.toWord(row.status),
  };
}
