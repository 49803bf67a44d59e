import { MusterError } from '../domain/errors.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import { momentAt, type Moment } from './plan-scope.ts';
import { TakenOver } from './run-import.ts';
import type { ImportSurroundings } from './surroundings.ts';
import { PatronUndoing } from './undoing.ts';
import { RecordsUndoing } from './undoing-records.ts';
import type { Undoing } from './undoing-any.ts';

const subjectsPerBatch = 500;

/**
 * Asks for an applied run to be taken back; gives the id of the run that will do it. `not-found` for an
 * unknown run, `conflict` for one that was not applied, changed nothing or is undone already, `gone` once the
 * journal of that time has been purged: half an undo would be worse than none. Asking again while the undo
 * waits its turn joins it.
 */
export function requestUndo(
  store: TenantStore,
  runId: number,
  sender: Run['sender'],
  channel: Run['channel'],
  now: number,
): Promise<number> {
  return store.transact(async (tx) => {
    const run = await tx.runs.findById(runId);
    if (!run) throw new MusterError('not-found', `There is no run ${runId}.`);
    if (run.state === 'undone')
      throw new MusterError('conflict', `Run ${runId} was undone already, by run ${run.undoneBy}.`);
    if (run.state !== 'applied' || run.dryRun) {
      throw new MusterError('conflict', `Run ${runId} changed nothing, so there is nothing to undo.`);
    }
    if ((run.startedAt ?? run.receivedAt) < (await tx.settings.get()).journalKeptFrom) {
      throw new MusterError(
        'gone',
        `Run ${runId} can no longer be undone: what stood before it is no longer kept (journalRetentionDays).`,
      );
    }
    const waiting = (await tx.runs.listUnfinished()).find(({ undoes }) => undoes === runId);
    if (waiting) return waiting.id;
    const { kind } = run;
    const undoId = await tx.runs.insert(
      { kind, mode: 'undo', options: {}, channel, sender, dryRun: false, deliveryId: null, undoes: runId },
      now,
    );
    await tx.audit.append({
      at: now,
      actor: { name: sender, channel },
      action: 'import.undone',
      subject: `import ${runId}`,
      detail: { by: undoId },
    });
    return undoId;
  });
}

/**
 * Takes a run back in one transaction and three ways: what still stands as the run left it goes back to what it was
 * before; whatever a person or a later run changed since stays and is listed.
 */
export async function runUndo(store: TenantStore, undoId: number, around: ImportSurroundings): Promise<void> {
  const at = around.clock.now();
  const perBatch = around.subjectsPerBatch ?? subjectsPerBatch;
  const attempt = await store.transact((tx) => tx.runs.begin(undoId, at));
  if (attempt === false) return;
  const progress = (done: number) =>
    around.onProgress({
      runId: undoId,
      rowsRead: 0,
      subjectsPlanned: done,
      subjectsTotal: 0,
      applied: done,
    });
  try {
    await store.transact(async (tx) => {
      const run = (await tx.runs.findById(undoId))!;
      if (run.attempt !== attempt) throw new TakenOver();
      const undoing = undoingOf(tx, run, momentAt(at, store.tenant));
      await undoing.takeBack(perBatch, progress);
      await tx.runs.markUndone(run.undoes!, undoId);
      const ended = await tx.runs.finish(undoId, attempt, {
        state: 'applied',
        counts: undoing.counts,
        subjects: undoing.subjects,
        rowCount: 0,
        notes: [],
        consequences: undoing.consequences,
        summary: undoing.summary,
        finishedAt: at,
        failure: null,
      });
      if (!ended) throw new TakenOver();
    });
  } catch (error) {
    if (!(error instanceof TakenOver)) throw error;
  }
}

/** A run is taken back by its kind: patrons and their contacts, or records and members. */
function undoingOf(tx: TenantTransactor, undo: Run, moment: Moment): Undoing {
  const aboutPatrons = undo.kind === 'patrons' || undo.kind === 'contacts';
  return aboutPatrons ? new PatronUndoing(tx, undo, moment) : new RecordsUndoing(tx, undo, moment);
}
