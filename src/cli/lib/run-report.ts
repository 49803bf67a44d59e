import { Argument, InvalidArgumentError } from 'commander';
import { viewRun, viewRunRow, type RunRowView, type RunView } from '../../directory/view-run.ts';
import type { RowOutcome } from '../../domain/outcome.ts';
import { noteMessage } from '../../domain/row-notes.ts';
import type { Run } from '../../ports/runs.ts';
import type { TenantReader } from '../../ports/tenant-store.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { printJson, say } from './print.ts';

const rowsPerPage = 500;
/** More is no longer read on a terminal. */
const rowsShownMax = 20;

/** RUN, as every command that works on one takes it. */
export const runArgument = () =>
  new Argument('<run>', 'number of the run').argParser((text) => {
    const id = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(id)) return id;
    throw new InvalidArgumentError('A run is named by its number; “muster runs” lists them.');
  });

/** What a finished run means for a script. */
export function exitCodeOfRun(run: Pick<Run, 'state' | 'counts'>): ExitCode {
  if (run.state === 'held') return exitCodes.held;
  if (run.state === 'failed' || run.state === 'discarded') return exitCodes.refused;
  return run.counts.failed > 0 ? exitCodes.someRowsFailed : exitCodes.good;
}

/** Tells about a finished run: what it did, what the file was read as, the first failed rows. */
export async function reportRun(reader: TenantReader, run: Run): Promise<void> {
  const lead = run.state === 'failed' ? 'refused: ' : '';
  say(`Run ${run.id} ${lead}${run.state === 'failed' ? (run.failure?.detail ?? run.summary) : run.summary}`);
  for (const note of run.notes) say(`Note: ${noteMessage(note)}`);
  if (run.counts.failed > 0) {
    const more = await printRows(reader, run, { outcome: 'failed', max: rowsShownMax });
    if (more > 0)
      say(`… and ${more} more. All failed rows as a CSV to mend: muster runs ${run.id} --failed-rows`);
  }
  if (run.state === 'held') {
    say(`To apply it: muster approve ${run.id}. To drop it: muster discard ${run.id}.`);
  }
}

/** The same for `--json`: the run as the API shows it, with its first failed rows. */
export async function printRunJson(reader: TenantReader, run: Run): Promise<void> {
  const { items, total } = await reader.runRows.list(run.id, {
    outcome: 'failed',
    page: 1,
    pageSize: rowsShownMax,
  });
  const failedRows: { items: RunRowView[]; total: number | null } = { items: items.map(viewRunRow), total };
  const view: RunView = await viewRun(reader, run);
  printJson({ ...view, failedRows });
}

/** Prints rows of one outcome with what there is to say about them; gives how many were left out. */
export async function printRows(
  reader: TenantReader,
  run: Run,
  { outcome, max }: { outcome: RowOutcome; max: number },
): Promise<number> {
  let shown = 0;
  for (let page = 1; ; page++) {
    const { items, total } = await reader.runRows.list(run.id, { outcome, page, pageSize: rowsPerPage });
    for (const { row, note } of items) {
      if (shown === max) return (total ?? 0) - shown;
      // The rows of an undo are numbered for order alone.
      const lead = run.undoes === null ? `Row ${row}: ` : '- ';
      say(`${lead}${note === null ? outcome : noteMessage(note)}`);
      shown++;
    }
    if (items.length < rowsPerPage) return 0;
  }
}
