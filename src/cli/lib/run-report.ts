import { Argument, InvalidArgumentError } from 'commander';
import { planTotals } from '../../directory/view-plan.ts';
import { runSummary, viewRun, viewRunRow, type RunRowView, type RunView } from '../../directory/view-run.ts';
import { sayConsequences } from '../../domain/plan/say-consequences.ts';
import { noteMessage } from '../../domain/row-notes.ts';
import type { Run } from '../../ports/runs.ts';
import type { TenantReader } from '../../ports/tenant-store.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { printJson, say } from './print.ts';
import { listKept, reportKept } from './undo-report.ts';

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
  say(`Run ${run.id}${run.state === 'failed' ? ' refused' : ''}: ${runSummary(run)}`);
  for (const note of run.notes) {
    say(`Note${note.file === undefined ? '' : ` (${note.file})`}: ${noteMessage(note)}`);
  }
  if (isShownFirst(run)) sayPlan(run);
  if (run.counts.failed > 0) {
    const more = await printFailedRows(reader, run);
    if (more > 0)
      say(`… and ${more} more. All failed rows as a CSV to mend: muster runs ${run.id} --failed-rows`);
  }
  if (run.undoes !== null) reportKept(await listKept(reader, run));
  if (run.state === 'held') {
    say(`To apply it: muster approve ${run.id}. To drop it: muster discard ${run.id}.`);
  }
}

/** Whether the run is a plan that somebody looks at before anything is done. */
function isShownFirst({ state, dryRun }: Run): boolean {
  return state === 'held' || (state === 'applied' && dryRun);
}

/** What the plan comes to for people. */
function sayPlan({ id, consequences }: Run): void {
  const sentences = consequences === null ? [] : sayConsequences(consequences);
  for (const sentence of sentences) say(`Plan: ${sentence}`);
  if (sentences.length > 0) say(`In detail: muster runs ${id} --plan`);
}

/** The same for `--json`: the run as the API shows it, with its first failed rows and what its plan comes to. */
export async function printRunJson(reader: TenantReader, run: Run): Promise<void> {
  const { items, total } = await reader.runRows.list(run.id, {
    outcome: 'failed',
    page: 1,
    pageSize: rowsShownMax,
  });
  const failedRows: { items: RunRowView[]; total: number | null } = {
    items: items.map((row) => viewRunRow(row, run)),
    total,
  };
  const view: RunView = await viewRun(reader, run);
  const plan = run.consequences === null ? null : planTotals(run.consequences);
  printJson({ ...view, failedRows, plan });
}

/** Prints the first failed rows with the reason of each; gives how many were left out. */
async function printFailedRows(reader: TenantReader, run: Run): Promise<number> {
  const query = { outcome: 'failed', page: 1, pageSize: rowsShownMax } as const;
  const { items, total } = await reader.runRows.list(run.id, query);
  for (const { file, row, note } of items) {
    const name = run.files[file]?.name;
    const where = name === undefined ? `Row ${row}` : `${name}, row ${row}`;
    say(`${where}: ${note === null ? 'failed' : noteMessage(note)}`);
  }
  return (total ?? 0) - items.length;
}
