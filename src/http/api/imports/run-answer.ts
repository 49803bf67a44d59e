import type { Run as RunAnswer } from '../../../contract/run.ts';
import { viewRun } from '../../../directory/view-run.ts';
import { isUnfinished, type Run } from '../../../ports/runs.ts';
import type { TenantStore } from '../../../ports/tenant-store.ts';
import type { AppServices } from '../../services.ts';

/** A run as the API shows it and, while it goes on, how far it is. */
export async function runAnswer(
  { imports }: Pick<AppServices, 'imports'>,
  { read, tenant }: TenantStore,
  run: Run,
): Promise<RunAnswer> {
  return viewRun(read, run, isUnfinished(run) ? await imports.findProgress(tenant.slug, run.id) : undefined);
}
