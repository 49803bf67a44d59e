import type { Selectable } from 'kysely';
import { noCounts } from '../../domain/outcome.ts';
import type { Channel } from '../../ports/changes.ts';
import type { Page } from '../../ports/patrons.ts';
import {
  unfinishedStates,
  type ImportKindName,
  type Run,
  type RunEnd,
  type RunReader,
  type RunRequest,
  type RunState,
  type RunFigures,
  type RunWriter,
} from '../../ports/runs.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { runFixed } from './fixed-query.ts';
import { readPage } from './page.ts';
import { allocateIds } from './sequences.ts';

export class RunStore implements RunReader, RunWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async findById(id: number): Promise<Run | undefined> {
    const row = await this.#all().where('id', '=', id).executeTakeFirst();
    return row && runOf(row);
  }

  async list(filter: {
    state?: RunState;
    kind?: ImportKindName;
    page: number;
    pageSize: number;
  }): Promise<Page<Run>> {
    let query = this.#all();
    if (filter.state) query = query.where('state', '=', filter.state);
    if (filter.kind) query = query.where('kind', '=', filter.kind);
    return readPage(query.orderBy('id', 'desc'), filter, runOf);
  }

  async listUnfinished(): Promise<Run[]> {
    const rows = await this.#all().where('state', 'in', unfinishedStates).orderBy('id').execute();
    return rows.map(runOf);
  }

  async listOpenUndos(kinds: readonly ImportKindName[]): Promise<Run[]> {
    const runs = await this.#all()
      .where('kind', 'in', kinds)
      .where('state', '=', 'applied')
      .where('dry_run', '=', 0)
      .where((eb) => eb.or([eb('undoes', 'is not', null), eb('held_for', 'like', '%redoes-undone%')]))
      .orderBy('id', 'desc')
      .execute();
    const doneAgain = new Set<number | null>();
    const open: Run[] = [];
    for (const run of runs.map(runOf)) {
      for (const { undone } of run.heldFor) doneAgain.add(undone);
      if (run.undoes !== null && !doneAgain.has(run.undoes)) open.push(run);
    }
    return open;
  }

  async findInFlight(request: RunRequest, sha256: string): Promise<Run | undefined> {
    const row = await this.#context.db
      .selectFrom('import_run')
      .innerJoin('delivery', (join) =>
        join
          .onRef('delivery.tenant_id', '=', 'import_run.tenant_id')
          .onRef('delivery.id', '=', 'import_run.delivery_id'),
      )
      .selectAll('import_run')
      .where('import_run.tenant_id', '=', this.#context.tenantId)
      .where('import_run.state', 'in', unfinishedStates)
      .where('delivery.sha256', '=', sha256)
      .where('import_run.kind', '=', request.kind)
      .where('import_run.mode', '=', request.mode)
      .where('import_run.sender', '=', request.sender)
      .where('import_run.options', '=', JSON.stringify(request.options))
      .where('import_run.dry_run', '=', request.dryRun ? 1 : 0)
      .orderBy('import_run.id', 'desc')
      .executeTakeFirst();
    return row && runOf(row);
  }

  async findApplied(request: RunRequest): Promise<Run | undefined> {
    const [row] = await runFixed<TenantTables, RunRow>(
      this.#context.db,
      this.#context.db
        .selectFrom('import_run')
        .select(runColumns)
        .where('tenant_id', '=', this.#context.tenantId)
        .where('channel', '=', request.channel)
        .where('options', '=', JSON.stringify(request.options))
        .where('sender', '=', request.sender)
        .where('kind', '=', request.kind)
        .where('mode', '=', request.mode)
        .where('state', '=', 'applied')
        .where('dry_run', '=', 0)
        .orderBy('id', 'desc')
        .limit(1),
    );
    return row && runOf(row);
  }

  async insert(request: RunRequest, receivedAt: number): Promise<number> {
    const id = await allocateIds(this.#context, 'run', 1);
    await this.#context.db
      .insertInto('import_run')
      .values({
        tenant_id: this.#context.tenantId,
        id,
        kind: request.kind,
        mode: request.mode,
        options: JSON.stringify(request.options),
        channel: request.channel,
        sender: request.sender,
        dry_run: request.dryRun ? 1 : 0,
        delivery_id: request.deliveryId,
        undoes: request.undoes,
        undone_by: null,
        approved_by: null,
        state: 'received',
        attempt: 0,
        counts: JSON.stringify(noCounts()),
        subjects: 0,
        row_count: 0,
        notes: '[]',
        summary: '',
        failure: null,
        received_at: receivedAt,
        started_at: null,
        finished_at: null,
        held_for: '[]',
        files: '[]',
        consequences: null,
      })
      .execute();
    return id;
  }

  async begin(id: number, at: number): Promise<number | false> {
    const row = await this.#context.db
      .updateTable('import_run')
      .set((eb) => ({ state: 'running', started_at: at, attempt: eb('attempt', '+', 1) }))
      .where('tenant_id', '=', this.#context.tenantId)
      .where('id', '=', id)
      .where('state', 'in', unfinishedStates)
      .returning('attempt')
      .executeTakeFirst();
    return row?.attempt ?? false;
  }

  async finish(id: number, attempt: number, end: RunEnd): Promise<boolean> {
    const done = await this.#context.db
      .updateTable('import_run')
      .set({
        state: end.state,
        counts: JSON.stringify(end.counts),
        subjects: end.subjects,
        row_count: end.rowCount,
        notes: JSON.stringify(end.notes),
        summary: end.summary,
        failure: end.failure === null ? null : JSON.stringify(end.failure),
        held_for: JSON.stringify(end.heldFor ?? []),
        files: JSON.stringify(end.files ?? []),
        consequences: end.consequences ? JSON.stringify(end.consequences) : null,
        // Held again (S10), it has not been approved as it is now.
        ...(end.state === 'held' ? { approved_by: null } : {}),
        finished_at: end.finishedAt,
      })
      .where('tenant_id', '=', this.#context.tenantId)
      .where('id', '=', id)
      .where('state', 'in', unfinishedStates)
      .where('attempt', '=', attempt)
      .executeTakeFirst();
    return done.numUpdatedRows === 1n;
  }

  async markUndone(id: number, undoneBy: number): Promise<void> {
    await this.#update({ state: 'undone', undone_by: undoneBy }).where('id', '=', id).execute();
  }

  async approve(id: number, approvedBy: string): Promise<boolean> {
    const done = await this.#update({ state: 'received', approved_by: approvedBy, finished_at: null })
      .where('id', '=', id)
      .where('state', '=', 'held')
      .executeTakeFirst();
    return done.numUpdatedRows === 1n;
  }

  async extend(id: number, totals: RunFigures): Promise<void> {
    const extended = this.#update({
      counts: JSON.stringify(totals.counts),
      subjects: totals.subjects,
      row_count: totals.rowCount,
      summary: totals.summary,
      finished_at: totals.finishedAt,
      consequences: totals.consequences ? JSON.stringify(totals.consequences) : null,
    });
    await runFixed(this.#context.db, extended.where('id', '=', id).where('state', '=', 'applied'));
  }

  async discard(id: number, at: number): Promise<boolean> {
    const done = await this.#update({ state: 'discarded', finished_at: at })
      .where('id', '=', id)
      .where('state', '=', 'held')
      .executeTakeFirst();
    return done.numUpdatedRows === 1n;
  }

  async discardHeld(kind: ImportKindName, sender: string, at: number): Promise<void> {
    await this.#update({ state: 'discarded', finished_at: at })
      .where('state', '=', 'held')
      .where('kind', '=', kind)
      .where('sender', '=', sender)
      .execute();
  }

  #update(values: Partial<TenantTables['import_run']>) {
    return this.#context.db
      .updateTable('import_run')
      .set(values)
      .where('tenant_id', '=', this.#context.tenantId);
  }

  #all() {
    return this.#context.db
      .selectFrom('import_run')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId);
  }
}

type RunRow = Omit<Selectable<TenantTables['import_run']>, 'tenant_id'>;

/** Each by its name, for what is kept prepared. */
const runColumns = [
  'id',
  'kind',
  'mode',
  'options',
  'channel',
  'sender',
  'dry_run',
  'delivery_id',
  'undoes',
  'undone_by',
  'approved_by',
  'state',
  'attempt',
  'counts',
  'subjects',
  'row_count',
  'notes',
  'summary',
  'failure',
  'received_at',
  'started_at',
  'finished_at',
  'held_for',
  'files',
  'consequences',
] as const satisfies readonly (keyof RunRow)[];

function runOf(row: RunRow): Run {
  return {
    id: row.id,
    kind: row.kind as ImportKindName,
    mode: row.mode,
    options: JSON.parse(row.options),
    channel: row.channel as Channel,
    sender: row.sender,
    dryRun: row.dry_run === 1,
    deliveryId: row.delivery_id,
    undoes: row.undoes,
    undoneBy: row.undone_by,
    approvedBy: row.approved_by,
    state: row.state as RunState,
    attempt: row.attempt,
    counts: JSON.parse(row.counts),
    subjects: row.subjects,
    rowCount: row.row_count,
    notes: JSON.parse(row.notes),
    files: JSON.parse(row.files),
    summary: row.summary,
    failure: row.failure === null ? null : JSON.parse(row.failure),
    receivedAt: row.received_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    heldFor: JSON.parse(row.held_for),
    consequences: row.consequences === null ? null : JSON.parse(row.consequences),
  };
}
