import { holdMessage, type HoldReason } from '../domain/guard/hold-reasons.ts';
import type { RowOutcome, RunCounts } from '../domain/outcome.ts';
import type { RunRow } from '../ports/run-rows.ts';
import { fileKinds, isUnfinished, type Run, type RunFile } from '../ports/runs.ts';
import type { Progress } from '../ports/system-store.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { viewInstant, viewNote, type NoteView } from './views.ts';

/** A run as people and programs outside are shown it, by the management API and the command line alike. */
export interface RunView {
  readonly id: number;
  readonly kind: Run['kind'];
  readonly mode: string;
  readonly options: Record<string, string>;
  readonly channel: Run['channel'];
  readonly sender: string;
  readonly state: Run['state'];
  readonly dryRun: boolean;
  readonly counts: RunCounts;
  readonly summary: string;
  readonly rowCount: number;
  readonly subjects: number;
  readonly notes: RunNoteView[];
  /** What became of each file, in the order in which they were planned; none while they are not known. */
  readonly files: RunFile[];
  /** Why it is held or, once approved, was; for a dry run why it would be. */
  readonly heldFor: HoldReasonView[];
  readonly failure: { code: string; detail: string } | null;
  readonly fileName: string | null;
  readonly sizeBytes: number | null;
  readonly receivedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly undoes: number | null;
  readonly undoneBy: number | null;
  readonly approvedBy: string | null;
  readonly progress: Omit<Progress, 'runId'> | null;
}

/** A note about a file as a whole. */
export interface RunNoteView extends NoteView {
  /** Which of several files it is about; null for the delivery, and where there is but one. */
  readonly file: string | null;
}

/** Why a run is held, with the figures; null stands where a reason has none. */
export interface HoldReasonView {
  readonly code: HoldReason['code'];
  readonly message: string;
  readonly count: number | null;
  readonly of: number | null;
  readonly moreThan: number | null;
  readonly percent: number | null;
  readonly undone: number | null;
  readonly section: string | null;
  readonly sections: number | null;
}

/** One row result as it is shown; null stands where there is nothing to say. */
export interface RunRowView {
  /** Which of several files it is in. */
  readonly file: string | null;
  readonly row: number;
  readonly outcome: RowOutcome;
  readonly code: string | null;
  readonly column: string | null;
  readonly value: string | null;
  readonly message: string | null;
  readonly suggestion: string | null;
  readonly patronId: number | null;
}

/** A run with the name of its file; `progress` shows only while the run goes on. */
export async function viewRun(
  reader: Pick<TenantReader, 'deliveries'>,
  run: Run,
  progress?: Progress,
): Promise<RunView> {
  const delivery = run.deliveryId === null ? undefined : await reader.deliveries.findById(run.deliveryId);
  return {
    id: run.id,
    kind: run.kind,
    mode: run.mode,
    options: { ...run.options },
    channel: run.channel,
    sender: run.sender,
    state: run.state,
    dryRun: run.dryRun,
    counts: run.counts,
    summary: runSummary(run),
    rowCount: run.rowCount,
    subjects: run.subjects,
    notes: run.notes.map((note) => ({ ...viewNote(note), file: note.file ?? null })),
    files: filesOf(run, delivery?.fileName),
    heldFor: run.heldFor.map(viewReason),
    failure: run.failure,
    fileName: delivery?.fileName ?? null,
    sizeBytes: delivery?.sizeBytes ?? null,
    receivedAt: viewInstant(run.receivedAt),
    startedAt: instantOrNull(run.startedAt),
    finishedAt: instantOrNull(run.finishedAt),
    undoes: run.undoes,
    undoneBy: run.undoneBy,
    approvedBy: run.approvedBy,
    progress: isUnfinished(run) ? viewProgress(progress) : null,
  };
}

/**
 * One sentence about a run, true of its state: what is only planned, held or dropped changed nothing, and what
 * was undone no longer stands.
 */
export function runSummary(run: Run): string {
  return summaries[run.state](run);
}

const summaries: Readonly<Record<Run['state'], (run: Run) => string>> = {
  received: () => 'Waits for its turn; nothing changed yet.',
  running: () => 'Under way; nothing changed yet.',
  held: (run) => `Held for approval${because(run)}; nothing changed. Planned: ${run.summary}`,
  discarded: ({ summary }) => `Discarded; nothing changed. Planned: ${summary}`,
  applied: (run) => {
    if (!run.dryRun) return run.summary;
    const held = run.heldFor.length > 0 ? ` It would be held${because(run)}.` : '';
    return `Dry run; nothing changed.${held} Planned: ${run.summary}`;
  },
  undone: ({ summary, undoneBy }) => `${summary} Undone by run ${undoneBy}.`,
  failed: ({ summary }) => summary,
};

/** The reasons as one clause; nothing where none is known. */
function because({ heldFor }: Run): string {
  return heldFor.length === 0 ? '' : `: ${heldFor.map(holdMessage).join('; ')}`;
}

function viewReason(reason: HoldReason): HoldReasonView {
  const { code, count, of, threshold, undone } = reason;
  return {
    code,
    message: holdMessage(reason),
    count,
    of,
    moreThan: threshold?.moreThan ?? null,
    percent: threshold?.percent ?? null,
    undone,
    section: reason.section ?? null,
    sections: reason.sections ?? null,
  };
}

function viewProgress(progress: Progress | undefined): RunView['progress'] {
  const { rowsRead = 0, subjectsPlanned = 0, subjectsTotal = 0, applied = 0 } = progress ?? {};
  return { rowsRead, subjectsPlanned, subjectsTotal, applied };
}

/** The one file of a run that is no bundle is told in the same way. */
function filesOf({ files, kind, counts, rowCount, undoes }: Run, fileName: string | undefined): RunFile[] {
  if (files.length > 0) return [...files];
  const isFile = fileKinds.find((name) => name === kind);
  if (isFile === undefined || undoes !== null || fileName === undefined) return [];
  return [{ name: fileName, kind: isFile, counts, rowCount }];
}

export function viewRunRow(
  { file, row, outcome, note, patronId }: RunRow,
  run: Pick<Run, 'files'>,
): RunRowView {
  const nothing = { code: null, column: null, value: null, message: null, suggestion: null };
  return {
    file: run.files[file]?.name ?? null,
    row,
    outcome,
    ...(note ? viewNote(note) : nothing),
    patronId,
  };
}

function instantOrNull(at: number | null): string | null {
  return at === null ? null : viewInstant(at);
}
