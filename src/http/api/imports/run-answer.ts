import type { Run as RunAnswer, RunRow as RunRowAnswer } from '../../../contract/run.ts';
import type { Run, RunRow } from '../../../ports/runs.ts';
import type { TenantStore } from '../../../ports/tenant-store.ts';
import type { AppServices } from '../../services.ts';
import { instantOrNull, instantText } from '../instant.ts';
import { noteAnswer } from '../note-answer.ts';

/** A run as the API shows it, with the name of its file and, while it goes on, how far it is. */
export async function runAnswer(
  services: Pick<AppServices, 'imports'>,
  store: TenantStore,
  run: Run,
): Promise<RunAnswer> {
  const delivery = run.deliveryId === null ? undefined : await store.read.deliveries.findById(run.deliveryId);
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
    summary: run.summary,
    rowCount: run.rowCount,
    subjects: run.subjects,
    notes: run.notes.map(noteAnswer),
    failure: run.failure,
    fileName: delivery?.fileName ?? null,
    sizeBytes: delivery?.sizeBytes ?? null,
    receivedAt: instantText(run.receivedAt),
    startedAt: instantOrNull(run.startedAt),
    finishedAt: instantOrNull(run.finishedAt),
    undoes: run.undoes,
    undoneBy: run.undoneBy,
    approvedBy: run.approvedBy,
    progress: await progressOf(services, store, run),
  };
}

/** One row result as the API shows it. */
export function rowAnswer({ row, outcome, note, patronId }: RunRow): RunRowAnswer {
  const said = note && noteAnswer(note);
  return {
    row,
    outcome,
    code: said?.code ?? null,
    column: said?.column ?? null,
    value: said?.value ?? null,
    message: said?.message ?? null,
    suggestion: said?.suggestion ?? null,
    patronId,
  };
}

async function progressOf(
  { imports }: Pick<AppServices, 'imports'>,
  store: TenantStore,
  run: Run,
): Promise<RunAnswer['progress']> {
  if (run.state !== 'received' && run.state !== 'running') return null;
  const progress = await imports.findProgress(store.tenant.slug, run.id);
  if (!progress) return { rowsRead: 0, subjectsPlanned: 0, subjectsTotal: 0, applied: 0 };
  const { rowsRead, subjectsPlanned, subjectsTotal, applied } = progress;
  return { rowsRead, subjectsPlanned, subjectsTotal, applied };
}
