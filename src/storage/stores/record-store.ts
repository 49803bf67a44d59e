import { sql, type Kysely } from 'kysely';
import { foldForSearch } from '../../domain/text/fold.ts';
import type { Page, Provenance } from '../../ports/patrons.ts';
import type {
  RecordEntity,
  RecordFilter,
  RecordReader,
  RecordToStore,
  RecordWriter,
  StoredRecord,
} from '../../ports/records.ts';
import { termStatusCode } from '../schema/codes.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext, Value, Wanted } from './context.ts';
import { FixedQuery } from './fixed-query.ts';
import { readPage } from './page.ts';
import { recordMappings, type RecordMapping, type RecordRow } from './record-mapping.ts';
import { listReferred, refuseReferred } from './references.ts';
import { SetParts, type SetLists } from './set-parts.ts';

/** The tables of a record under one name; which one is meant says the mapping. */
type AnyRecord = Kysely<{ record: RecordRow }>;

/** Records of one entity: groups, sections, authorization sets and the registries, each in its own table. */
export class RecordStore<E extends RecordEntity> implements RecordReader<E>, RecordWriter<E> {
  readonly #context: StoreContext;
  readonly #mapping: RecordMapping<E>;
  readonly #parts: SetParts | undefined;
  /** Each column that is read by its name; `listedColumns` says why. */
  readonly #read: readonly `record.${keyof RecordRow}`[];
  readonly #byIdentifier: FixedQuery<TenantTables, RecordRow, 'identifier'>;

  constructor(context: StoreContext, entity: E) {
    this.#context = context;
    this.#mapping = recordMappings[entity];
    this.#read = ([...this.#mapping.columns, 'id', 'created_run', 'created_at', 'updated_at'] as const).map(
      (column) => `record.${column}` as const,
    );
    this.#parts = entity === 'authorization-set' ? new SetParts(context) : undefined;
    this.#byIdentifier = new FixedQuery(context.db, (_, value) =>
      this.#all().where(`record.${this.#mapping.identifier}`, '=', value('identifier')),
    );
  }

  async findById(id: number): Promise<StoredRecord<E> | undefined> {
    const row = await this.#all().where('record.id', '=', id).executeTakeFirst();
    return row && (await this.#stored([row]))[0];
  }

  async findByIds(ids: readonly number[]): Promise<StoredRecord<E>[]> {
    const rows = await this.#among(this.#context.tools.wantedIds(ids))
      .whereRef('record.id', '=', 'wanted.value')
      .orderBy('record.id')
      .execute();
    return this.#stored(rows);
  }

  async findByIdentifier(identifier: string): Promise<StoredRecord<E> | undefined> {
    const [row] = await this.#byIdentifier.execute({ identifier: identifier.trim() });
    return row && (await this.#stored([row]))[0];
  }

  async mapByIdentifier(identifiers: readonly string[]): Promise<Map<string, StoredRecord<E>>> {
    const { identifier } = this.#mapping;
    const rows = await this.#among(this.#context.tools.wantedTexts(identifiers))
      .whereRef(`record.${identifier}`, '=', 'wanted.value')
      .execute();
    const records = await this.#stored(rows);
    return new Map(records.map((record, index) => [rows[index]![identifier], record]));
  }

  async list(filter: RecordFilter): Promise<Page<StoredRecord<E>>> {
    const page = await readPage(
      this.#filtered(filter).orderBy(`record.${this.#mapping.identifier}`),
      filter,
      (row) => row as RecordRow,
    );
    return { items: await this.#stored(page.items), total: page.total };
  }

  async listAfter(afterId: number, limit: number): Promise<StoredRecord<E>[]> {
    const rows = await this.#all()
      .where('record.id', '>', afterId)
      .orderBy('record.id')
      .limit(limit)
      .execute();
    return this.#stored(rows);
  }

  async count(): Promise<number> {
    const row = await this.#from()
      .select(sql<number>`count(*)`.as('n'))
      .where('record.tenant_id', '=', this.#context.tenantId)
      .executeTakeFirstOrThrow();
    return Number(row.n);
  }

  listReferred(ids: readonly number[]): Promise<number[]> {
    return listReferred(this.#context, this.#mapping.references, ids);
  }

  async insert(records: readonly RecordToStore<E>[], provenance: Provenance): Promise<void> {
    const { createdRun, createdAt } = provenance;
    const values: Value[] = [];
    for (const record of records) values.push(record.id, ...this.#values(record));
    await this.#context.tools.insertRows(
      this.#mapping.table,
      {
        tenant_id: this.#context.tenantId,
        created_run: createdRun,
        created_at: createdAt,
        updated_at: createdAt,
      },
      ['id', ...this.#columns()],
      values,
    );
    await this.#parts?.insert(records as unknown as readonly (SetLists & { id: number })[]);
  }

  async update(records: readonly RecordToStore<E>[], updatedAt: number): Promise<void> {
    const { tools, tenantId } = this.#context;
    await this.#giveUpIdentifiers(records);
    await tools.updateRows(
      this.#mapping.table,
      ['tenant_id', 'id'],
      [...this.#columns(), 'updated_at'],
      records.map((record) => [tenantId, record.id, ...this.#values(record), updatedAt]),
    );
    await this.#parts?.update(records as unknown as readonly (SetLists & { id: number })[]);
  }

  async remove(ids: readonly number[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    const { references, table } = this.#mapping;
    await refuseReferred(this.#context, references, ids, table.replaceAll('_', ' '));
    await this.#parts?.remove(ids);
    await tools.deleteRows(
      table,
      ['tenant_id', 'id'],
      ids.map((id) => [tenantId, id]),
    );
  }

  /** Records whose identifier changes give theirs up first, so that it may pass to another of the same call. */
  async #giveUpIdentifiers(records: readonly RecordToStore<E>[]): Promise<void> {
    const { tools, tenantId } = this.#context;
    const { table, identifier } = this.#mapping;
    const rows = await this.#among(tools.wantedIds(records.map(({ id }) => id)))
      .whereRef('record.id', '=', 'wanted.value')
      .execute();
    const before = new Map(rows.map((row) => [row.id, row[identifier]]));
    const at = this.#mapping.columns.indexOf(identifier);
    await tools.updateRows(
      table,
      ['tenant_id', 'id'],
      [identifier],
      records
        .filter((record) => before.get(record.id) !== this.#mapping.values(record, record.status)[at])
        // None begins with a blank, since they are trimmed.
        .map(({ id }) => [tenantId, id, ` ${id}`]),
    );
  }

  #columns(): string[] {
    return [...this.#mapping.columns, 'search_text'];
  }

  #values(record: RecordToStore<E>): Value[] {
    const { columns, values } = this.#mapping;
    const own = values(record, record.status);
    const texts = (['identifier', 'name'] as const)
      .filter((column) => columns.includes(column))
      .map((column) => foldForSearch(String(own[columns.indexOf(column)])));
    return [...own, texts.join('\n')];
  }

  #from() {
    return (this.#context.db as unknown as AnyRecord).selectFrom(
      `${this.#mapping.table} as record` as 'record',
    );
  }

  #all() {
    return this.#from().select(this.#read).where('record.tenant_id', '=', this.#context.tenantId);
  }

  /** To be matched with `wanted.value`. */
  #among<V extends string | number>(wanted: Wanted<V>) {
    return (this.#context.db as unknown as AnyRecord)
      .selectFrom(wanted)
      .crossJoin(`${this.#mapping.table} as record` as 'record')
      .select(this.#read)
      .where('record.tenant_id', '=', this.#context.tenantId);
  }

  #filtered({ q = '', status, parentId, contactPatronId }: RecordFilter) {
    const { parent } = this.#mapping;
    let query = this.#all();
    for (const word of foldForSearch(q).split(' ').filter(Boolean)) {
      const pattern = `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`;
      query = query.where(sql<boolean>`record.search_text like ${pattern} escape '\\'`);
    }
    if (status) query = query.where('record.status', '=', termStatusCode.toNumber(status));
    if (parent && parentId !== undefined) query = query.where(`record.${parent}`, '=', parentId);
    if (contactPatronId !== undefined) query = query.where('record.contact_patron_id', '=', contactPatronId);
    return query;
  }

  async #stored(rows: readonly RecordRow[]): Promise<StoredRecord<E>[]> {
    const lists = await this.#parts?.map(rows.map(({ id }) => id));
    const { valuesOf, hasTerm } = this.#mapping;
    return rows.map(
      (row) =>
        ({
          id: row.id,
          ...valuesOf(row),
          ...lists?.get(row.id),
          status: hasTerm ? termStatusCode.toWord(row.status) : null,
          createdRun: row.created_run,
          createdAt: row.created_at,
          updatedAt: row.updated_at,
        }) as unknown as StoredRecord<E>,
    );
  }
}

/** A store for each entity. */
export function recordStores(context: StoreContext) {
  return {
    organization: new RecordStore(context, 'organization'),
    'resource-type': new RecordStore(context, 'resource-type'),
    'checkout-center': new RecordStore(context, 'checkout-center'),
    'authorization-set': new RecordStore(context, 'authorization-set'),
    group: new RecordStore(context, 'group'),
    section: new RecordStore(context, 'section'),
  };
}
