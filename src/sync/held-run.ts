import { MusterError } from '../domain/errors.ts';
import type { Actor } from '../ports/changes.ts';
import type { TenantStore, TenantTransactor } from '../ports/tenant-store.ts';

/**
 * Lets a held run go on: it waits its turn again, is planned afresh and applied, or held again where it would
 * remove or inactivate more than was shown (S10). `not-found` for an
 * unknown run, `conflict` for one that is not held.
 */
export function approveRun(store: TenantStore, runId: number, actor: Actor, at: number): Promise<void> {
  return store.transact(async (tx) => {
    if (!(await tx.runs.approve(runId, actor.name))) await refuseUnheld(tx, runId);
    await tx.audit.append({ at, actor, action: 'import.approved', subject: `import ${runId}`, detail: {} });
  });
}

/** Drops the plan of a held run; nothing was changed and nothing will be. Refuses as `approveRun` does. */
export function discardRun(store: TenantStore, runId: number, actor: Actor, at: number): Promise<void> {
  return store.transact(async (tx) => {
    if (!(await tx.runs.discard(runId, at))) await refuseUnheld(tx, runId);
    await tx.audit.append({ at, actor, action: 'import.discarded', subject: `import ${runId}`, detail: {} });
  });
}

async function refuseUnheld(tx: TenantTransactor, runId: number): Promise<never> {
  const run = await tx.runs.findById(runId);
  if (!run) throw new MusterError('not-found', `There is no run ${runId}.`);
  throw new MusterError('conflict', `Run ${runId} is not held; its state is ${run.state}.`);
}
