import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { noContactPerson } from '../../domain/group/contact-person.ts';
import type { PlannedRecord } from '../../domain/plan/planned-record.ts';
import type { ShownFields } from '../../domain/shown-records.ts';
import { foldKey } from '../../domain/text/fold.ts';
import { keyFields } from '../../domain/patron/patron.ts';
import type { Page } from '../../ports/patrons.ts';
import type { PlanItem, PlanReader, PlanWriter } from '../../ports/plans.ts';
import { unfinishedStates } from '../../ports/runs.ts';
import type { StoreContext } from './context.ts';

/** Plans, kept in parts of a few hundred subjects: a part is packed well and unpacked in milliseconds. */
export class PlanStore implements PlanReader, PlanWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async list(
    runId: number,
    { page, pageSize, onlyLosing = false }: { page: number; pageSize: number; onlyLosing?: boolean },
  ): Promise<Page<PlanItem>> {
    const parts = await this.#parts()
      .select(['part', onlyLosing ? 'losing_count as n' : 'item_count as n'])
      .where('run_id', '=', runId)
      .orderBy('part')
      .execute();
    const items: PlanItem[] = [];
    let start = (page - 1) * pageSize;
    let total = 0;
    for (const { part, n } of parts) {
      total += n;
      if (start < n && items.length < pageSize) {
        const ofPart = await this.#read(runId, part);
        items.push(...ofPart.slice(start, Math.min(n, start + pageSize - items.length)));
      }
      start = Math.max(0, start - n);
    }
    return { items, total };
  }

  async insertPart(runId: number, part: number, items: readonly PlanItem[]): Promise<void> {
    // The first ones lose something, so that a page of those alone is a page of first ones.
    const losing = items.filter(({ loses }) => loses);
    const ordered = losing.concat(items.filter(({ loses }) => !loses));
    await this.#context.tools.insertRows(
      'plan_part',
      { tenant_id: this.#context.tenantId, run_id: runId },
      ['part', 'item_count', 'losing_count', 'items'],
      [part, ordered.length, losing.length, packed(ordered)],
    );
  }

  async remove(runId: number): Promise<void> {
    await this.#context.db
      .deleteFrom('plan_part')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('run_id', '=', runId)
      .execute();
  }

  async removeByPatron(patronId: number, texts: readonly string[]): Promise<void> {
    const { db, tenantId } = this.#context;
    const wanted = new Set(texts.map(foldKey));
    const parts = await this.#parts().select(['run_id', 'part']).execute();
    for (const { run_id, part } of parts) {
      const items = await this.#read(run_id, part);
      const left = items.flatMap((item) => withoutPatron(item, patronId, wanted));
      if (isSame(left, items)) continue;
      await db
        .updateTable('plan_part')
        .set({
          item_count: left.length,
          losing_count: left.filter(({ loses }) => loses).length,
          items: packed(left),
        })
        .where('tenant_id', '=', tenantId)
        .where('run_id', '=', run_id)
        .where('part', '=', part)
        .execute();
    }
  }

  async purgeBefore(finishedBefore: number, limit: number): Promise<number> {
    const { db, tenantId } = this.#context;
    const due = await db
      .selectFrom('plan_part')
      .innerJoin('import_run', (join) =>
        join
          .onRef('import_run.tenant_id', '=', 'plan_part.tenant_id')
          .onRef('import_run.id', '=', 'plan_part.run_id'),
      )
      .select(['plan_part.run_id', 'plan_part.part'])
      .where('plan_part.tenant_id', '=', tenantId)
      .where('import_run.finished_at', '<', finishedBefore)
      .where('import_run.state', 'not in', [...unfinishedStates, 'held'])
      .orderBy('plan_part.run_id')
      .orderBy('plan_part.part')
      .limit(limit)
      .execute();
    await this.#context.tools.deleteRows(
      'plan_part',
      ['tenant_id', 'run_id', 'part'],
      due.map(({ run_id, part }) => [tenantId, run_id, part]),
    );
    return due.length;
  }

  async #read(runId: number, part: number): Promise<PlanItem[]> {
    const row = await this.#parts()
      .select('items')
      .where('run_id', '=', runId)
      .where('part', '=', part)
      .executeTakeFirst();
    if (row === undefined) return [];
    return (JSON.parse(Buffer.from(zstdDecompressSync(row.items)).toString()) as StoredItem[]).map(itemOf);
  }

  #parts() {
    return this.#context.db.selectFrom('plan_part').where('tenant_id', '=', this.#context.tenantId);
  }
}

function packed(items: readonly PlanItem[]): Uint8Array {
  return zstdCompressSync(JSON.stringify(items.map(storedOf)), {
    params: { [constants.ZSTD_c_compressionLevel]: 1 },
  });
}

/**
 * An item as it is kept: of a patron of whom nothing else is told, the id, negative where it loses anything. Those of
 * before there were other subjects than patrons name the patron alone.
 */
type StoredItem = number | PlanItem | (Omit<PlanItem, 'subject'> & { readonly patronId: number | null });

function storedOf(item: PlanItem): StoredItem {
  const { subject, loses, records } = item;
  if (records !== undefined || subject.entity !== 'patron' || subject.id === null) return item;
  return loses ? -subject.id : subject.id;
}

function itemOf(stored: StoredItem): PlanItem {
  if (typeof stored === 'number') {
    return { subject: { entity: 'patron', id: Math.abs(stored), label: '' }, loses: stored < 0 };
  }
  if ('subject' in stored) return stored;
  const { patronId, ...rest } = stored;
  return { subject: { entity: 'patron', id: patronId, label: '' }, ...rest };
}

/** What is left of an item without the patron: the very item, the rest of it, or nothing. */
function withoutPatron(item: PlanItem, patronId: number, folded: ReadonlySet<string>): PlanItem[] {
  const { subject, records } = item;
  if (subject.entity === 'patron') {
    return subject.id === patronId || isNewWithKey(item, folded) ? [] : [item];
  }
  const left = records
    ?.filter((record) => record.entity !== 'member' || record.patronId !== patronId)
    .map((record) => withoutPerson(record, folded));
  if (left === undefined || isSame(left, records)) return [item];
  return left.length === 0 ? [] : [{ ...item, records: left }];
}

function isSame<T>(some: readonly T[], others: readonly T[] | undefined): boolean {
  return some.length === others?.length && some.every((one, index) => one === others[index]);
}

/** A group or section as it is kept, without its contact person where that is one of the names. */
function withoutPerson(record: PlannedRecord, folded: ReadonlySet<string>): PlannedRecord {
  if (record.entity !== 'group' && record.entity !== 'section') return record;
  const cleared = (side: ShownFields | undefined) => {
    const person = side?.['contactPerson'];
    if (side === undefined || typeof person !== 'string' || !folded.has(foldKey(person))) return side;
    return Object.fromEntries(Object.entries(side).filter(([field]) => !personFields.has(field)));
  };
  const before = cleared(record.before);
  const after = cleared(record.after);
  if (before === record.before && after === record.after) return record;
  return { ...record, ...(before && { before }), ...(after && { after }) };
}

const personFields = new Set(['contactPerson', ...Object.keys(noContactPerson)]);

/** Whether the item is a patron that was yet to be made, with one of the keys. */
function isNewWithKey({ subject, records = [] }: PlanItem, folded: ReadonlySet<string>): boolean {
  if (subject.id !== null) return false;
  return records.some(
    (record) =>
      record.entity === 'patron' &&
      keyFields.some((field) => {
        const key = foldKey(record.after[field]);
        return key !== '' && folded.has(key);
      }),
  );
}
