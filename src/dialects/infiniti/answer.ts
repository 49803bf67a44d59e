import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { holdMessage } from '../../domain/guard/hold-reasons.ts';
import { MusterError, errorCodes, type ErrorCode } from '../../domain/errors.ts';
import { noteLevel, noteMessage } from '../../domain/row-notes.ts';
import type { RowOutcome } from '../../domain/outcome.ts';
import type { RunRow, RunRowReader } from '../../ports/run-rows.ts';
import type { Run } from '../../ports/runs.ts';
import { everyRowMax } from '../../sync/plan-rows.ts';

const rowsPerPiece = 2_000;

/**
 * The answer to a finished import (I5, I6). `{n}` counts the distinct patrons declared and applied; details
 * are written piece by piece, since a file may have failed in hundreds of thousands of rows.
 */
export function answerOf(run: Run, runRows: RunRowReader, reply: FastifyReply): FastifyReply {
  if (run.state === 'failed') throw refusalOf(run);
  if (run.state === 'held' || run.state === 'discarded') {
    return reply.send({ success: false, summary: heldSummary(run) });
  }
  const { failed } = run.counts;
  // I5: true only where every row was good.
  if (failed === 0) {
    return reply.send({
      success: true,
      summary: `Contacts for ${run.subjects} patrons updated successfully.`,
    });
  }
  // I6: beyond so many rows only the failed ones.
  const everyRow = run.rowCount <= everyRowMax;
  const where = everyRow
    ? ''
    : ` The details list the failed rows; the whole report is at /api/v1/imports/${run.id}/rows.`;
  const summary = `Contacts for ${run.subjects} patrons updated. ${failed} rows failed.${where}`;
  return reply
    .type('application/json; charset=utf-8')
    .send(Readable.from(detailed(run.id, summary, runRows, everyRow ? undefined : 'failed')));
}

/** A file that was refused whole, as the error it is. */
function refusalOf(run: Run): MusterError {
  const code = errorCodes.find((known) => known === run.failure?.code) ?? ('internal' satisfies ErrorCode);
  return new MusterError(code, run.failure?.detail ?? run.summary);
}

// I5: held, or given way to a newer file while it was held.
function heldSummary({ state, subjects, counts, heldFor }: Run): string {
  if (state !== 'held') return 'Discarded before it was approved; nothing changed.';
  const { created, updated, removed } = counts;
  const why = heldFor.map((reason) => `${holdMessage(reason)}; `).join('');
  return `Held for approval: ${why}contacts for ${subjects} patrons, ${created} to create, ${updated} to update, ${removed} to remove; nothing changed.`;
}

/** I6: row number → outcome, for every row that was not ignored. */
async function* detailed(
  runId: number,
  summary: string,
  runRows: RunRowReader,
  outcome: RowOutcome | undefined,
): AsyncGenerator<string> {
  yield `{"success":false,"summary":${JSON.stringify(summary)},"details":{`;
  let after = { file: 0, row: 0, seq: 0 };
  let open: RunRow[] = [];
  let separator = '';
  for (;;) {
    const piece = await runRows.listAfter(runId, after, rowsPerPiece, outcome);
    let text = '';
    for (const row of piece) {
      if (open.length > 0 && open[0]!.row !== row.row) {
        text += separator + detailOf(open);
        separator = ',';
        open = [];
      }
      if (row.outcome !== 'ignored') open.push(row);
    }
    const last = piece.at(-1);
    if (!last) break;
    if (text !== '') yield text;
    after = { file: 0, row: last.row, seq: last.seq };
  }
  if (open.length > 0) yield separator + detailOf(open);
  yield '}}';
}

/** One row's entry: the outcome, with the reasons of a failure or what was read differently. */
function detailOf(rows: readonly RunRow[]): string {
  const { row, outcome } = rows[0]!;
  const failed = outcome === 'failed';
  const said = rows
    .filter(({ note }) => note !== null && (!failed || noteLevel(note.code) === 'error'))
    .map(({ note }) => noteMessage(note!));
  const text = said.length === 0 ? outcome : `${outcome}: ${said.join(' ')}`;
  return `${JSON.stringify(String(row))}:${JSON.stringify(text)}`;
}
