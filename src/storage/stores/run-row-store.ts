import type { Selectable } from 'kysely';
import type { RowOutcome } from '../../domain/outcome.ts';
import type { NoteCode } from '../../domain/row-notes.ts';
import type { Page } from '../../ports/patrons.ts';
import type { RunRow, RunRowFilter, RunRowReader, RunRowWriter } from '../../ports/run-rows.ts';
import { unfinishedStates } from '../../ports/runs.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { readPage } from './page.ts';

/** The results of single rows that the reports of runs keep. */
/** Engines take only so many parameters; a patron may have had very many contacts. */
const textsPerStatement = 2_000;

export class RunRowStore implements RunRowReader, RunRowWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async list(runId: number, filter: RunRowFilter): Promise<Page<RunRow>> {
    let query = this.#rows(runId);
    if (filter.outcome) query = query.where('outcome', '=', filter.outcome);
    if (filter.file !== undefined) query = query.where('file', '=', filter.file);
    return readPage(query.orderBy('file').orderBy('row_number').orderBy('seq'), filter, rowOf);
  }

  async listAfter(
    runId: number,
    after: { file: number; row: number; seq: number },
    limit: number,
    outcome?: RowOutcome,
  ): Promise<(RunRow & { seq: number })[]> {
    let query = this.#rows(runId).where('file', '=', after.file);
    query = query.where((eb) =>
      eb.or([
        eb('row_number', '>', after.row),
        eb.and([eb('row_number', '=', after.row), eb('seq', '>', after.seq)]),
      ]),
    );
    if (outcome) query = query.where('outcome', '=', outcome);
    const rows = await query.orderBy('row_number').orderBy('seq').limit(limit).execute();
    return rows.map((row) => ({ ...rowOf(row), seq: row.seq }));
  }

  async listFiles(runId: number, outcome: RowOutcome): Promise<number[]> {
    const rows = await this.#context.db
      .selectFrom('import_run_row')
      .select('file')
      .distinct()
      .where('tenant_id', '=', this.#context.tenantId)
      .where('run_id', '=', runId)
      .where('outcome', '=', outcome)
      .orderBy('file')
      .execute();
    return rows.map(({ file }) => file);
  }

  async listByPatron(patronId: number): Promise<(RunRow & { runId: number })[]> {
    const rows = await this.#context.db
      .selectFrom('import_run_row')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId)
      .where('patron_id', '=', patronId)
      .orderBy('run_id')
      .orderBy('file')
      .orderBy('row_number')
      .orderBy('seq')
      .execute();
    return rows.map((row) => ({ ...rowOf(row), runId: row.run_id }));
  }

  async insert(runId: number, rows: readonly RunRow[]): Promise<void> {
    let previous: RunRow | undefined;
    let seq = 0;
    const values = rows.flatMap((row) => {
      seq = row.row === previous?.row && row.file === previous.file ? seq + 1 : 0;
      previous = row;
      const { code = null, column = null, value = null, suggestion = null } = row.note ?? {};
      return [row.file, row.row, seq, row.outcome, code, column, value, suggestion, row.patronId];
    });
    await this.#context.tools.insertRows(
      'import_run_row',
      { tenant_id: this.#context.tenantId, run_id: runId },
      ['file', 'row_number', 'seq', 'outcome', 'code', 'column_name', 'value', 'suggestion', 'patron_id'],
      values,
    );
  }

  async remove(runId: number): Promise<void> {
    await this.#context.db
      .deleteFrom('import_run_row')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('run_id', '=', runId)
      .execute();
  }

  async removeByPatron(patronId: number, texts: readonly string[]): Promise<void> {
    const { db, tenantId } = this.#context;
    await db
      .deleteFrom('import_run_row')
      .where('tenant_id', '=', tenantId)
      .where('patron_id', '=', patronId)
      .execute();
    // Engines lower letters beyond ASCII differently, so each text is asked for as it is, too.
    const wanted = [...new Set(texts.flatMap((text) => [text, text.toLowerCase()]))].filter(Boolean);
    for (let start = 0; start < wanted.length; start += textsPerStatement) {
      const texts = wanted.slice(start, start + textsPerStatement);
      for (const column of ['value', 'suggestion'] as const) {
        await db
          .updateTable('import_run_row')
          .set({ [column]: null })
          .where('tenant_id', '=', tenantId)
          .where((eb) => eb.or([eb(column, 'in', texts), eb(eb.fn<string>('lower', [column]), 'in', texts)]))
          .execute();
      }
    }
  }

  async purgeBefore(finishedBefore: number, limit: number): Promise<number> {
    const { db, tenantId } = this.#context;
    const old = await db
      .selectFrom('import_run')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('finished_at', '<', finishedBefore)
      .where('state', 'not in', [...unfinishedStates, 'held'])
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('import_run_row')
            .select('row_number')
            .where('tenant_id', '=', tenantId)
            .whereRef('run_id', '=', 'import_run.id'),
        ),
      )
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    if (!old) return 0;
    const last = await this.#rows(old.id)
      .orderBy('file')
      .orderBy('row_number')
      .limit(1)
      .offset(limit - 1)
      .executeTakeFirst();
    let doomed = db
      .deleteFrom('import_run_row')
      .where('tenant_id', '=', tenantId)
      .where('run_id', '=', old.id);
    if (last) {
      const { file, row_number } = last;
      doomed = doomed.where((eb) =>
        eb.or([eb('file', '<', file), eb.and([eb('file', '=', file), eb('row_number', '<=', row_number)])]),
      );
    }
    return Number((await doomed.executeTakeFirst()).numDeletedRows);
  }

  #rows(runId: number) {
    return this.#context.db
      .selectFrom('import_run_row')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId)
      .where('run_id', '=', runId);
  }
}

function rowOf(row: Selectable<TenantTables['import_run_row']>): RunRow {
  return {
    file: row.file,
    row: row.row_number,
    outcome: row.outcome as RowOutcome,
    note:
      row.code === null
        ? null
        : {
            code: row.code as NoteCode,
            ...(row.column_name === null ? {} : { column: row.column_name }),
            ...(row.value === null ? {} : { value: row.value }),
            ...(row.suggestion === null ? {} : { suggestion: row.suggestion }),
          },
    patronId: row.patron_id,
  };
}
