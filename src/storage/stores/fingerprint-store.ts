import {
  subjectOfKind,
  type FingerprintReader,
  type FingerprintSet,
  type FingerprintWriter,
  type Subject,
} from '../../ports/fingerprints.ts';
import type { FileKindName } from '../../ports/runs.ts';
import type { StoreContext } from './context.ts';
import { runFixed, sendFixed } from './fixed-query.ts';

/**
 * Where so many are touched at once, or some by a transaction that writes very much, nearly everything is: the whole set
 * goes rather than a row for each.
 */
const voidedAtOnceMax = 400;

const fileKinds = Object.keys(subjectOfKind) as FileKindName[];

export class FingerprintStore implements FingerprintReader, FingerprintWriter {
  readonly #context: StoreContext;
  /** The kinds that have a set, once asked for in a long transaction, which is the only writer. */
  #kinds: Set<FileKindName> | undefined;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async findSet(kind: FileKindName): Promise<FingerprintSet | undefined> {
    return this.#context.db
      .selectFrom('fingerprint_set')
      .select(['seed', 'context'])
      .where('tenant_id', '=', this.#context.tenantId)
      .where('kind', '=', kind)
      .executeTakeFirst();
  }

  async readBlock(kind: FileKindName, block: number): Promise<Uint8Array | undefined> {
    const row = await this.#context.db
      .selectFrom('fingerprint_block')
      .select('entries')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('kind', '=', kind)
      .where('block', '=', block)
      .executeTakeFirst();
    return row?.entries;
  }

  async listVoid(kind: FileKindName): Promise<number[]> {
    const rows = await this.#context.db
      .selectFrom('fingerprint_void')
      .select('subject_id')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('kind', '=', kind)
      .orderBy('subject_id')
      .execute();
    return rows.map((row) => row.subject_id);
  }

  async beginSet(kind: FileKindName, { seed, context }: FingerprintSet): Promise<void> {
    await this.#removeSet(kind);
    await this.#context.db
      .insertInto('fingerprint_set')
      .values({ tenant_id: this.#context.tenantId, kind, seed, context })
      .execute();
    this.#kinds?.add(kind);
  }

  async saveBlock(kind: FileKindName, block: number, entries: Uint8Array): Promise<void> {
    await this.#context.db
      .insertInto('fingerprint_block')
      .values({ tenant_id: this.#context.tenantId, kind, block, entries })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'kind', 'block']).doUpdateSet({ entries }))
      .execute();
  }

  async clearVoid(kind: FileKindName): Promise<void> {
    await this.#context.db
      .deleteFrom('fingerprint_void')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('kind', '=', kind)
      .execute();
  }

  async touched(subject: Subject, ids: readonly number[], by: FileKindName | undefined): Promise<void> {
    if (ids.length === 0) return;
    const kinds = fileKinds.filter((kind) => kind !== by && subjectOfKind[kind] === subject);
    if (this.#context.heldIds === undefined && ids.length <= voidedAtOnceMax) {
      await this.#voidInSets(kinds, ids);
      return;
    }
    for (const kind of await this.#kindsWithSet()) {
      if (kinds.includes(kind)) await this.#removeSet(kind);
    }
  }

  async forget(subjects: readonly Subject[]): Promise<void> {
    for (const kind of await this.#kindsWithSet()) {
      if (subjects.includes(subjectOfKind[kind])) await this.#removeSet(kind);
    }
  }

  /** Of those of the kinds that have a set, by one statement: a single write asks for no more than it must. */
  async #voidInSets(kinds: readonly FileKindName[], ids: readonly number[]): Promise<void> {
    if (kinds.length === 0) return;
    const { db, tenantId, tools } = this.#context;
    const touched = db
      .selectFrom(tools.wantedIds([...new Set(ids)]))
      .crossJoin('fingerprint_set')
      .select(['fingerprint_set.tenant_id', 'fingerprint_set.kind', 'wanted.value'])
      .where('fingerprint_set.tenant_id', '=', tenantId)
      .where('fingerprint_set.kind', 'in', kinds);
    await sendFixed(
      db,
      db
        .insertInto('fingerprint_void')
        .columns(['tenant_id', 'kind', 'subject_id'])
        .expression(touched)
        .onConflict((conflict) => conflict.columns(['tenant_id', 'kind', 'subject_id']).doNothing()),
    );
  }

  async #kindsWithSet(): Promise<FileKindName[]> {
    if (this.#kinds) return [...this.#kinds];
    const { db, tenantId } = this.#context;
    const rows = await runFixed(
      db,
      db.selectFrom('fingerprint_set').select('kind').where('tenant_id', '=', tenantId),
    );
    const kinds = new Set(rows.map((row) => row.kind as FileKindName));
    if (this.#context.heldIds) this.#kinds = kinds;
    return [...kinds];
  }

  async #removeSet(kind: FileKindName): Promise<void> {
    for (const table of ['fingerprint_block', 'fingerprint_void', 'fingerprint_set'] as const) {
      await this.#context.db
        .deleteFrom(table)
        .where('tenant_id', '=', this.#context.tenantId)
        .where('kind', '=', kind)
        .execute();
    }
    this.#kinds?.delete(kind);
  }
}
