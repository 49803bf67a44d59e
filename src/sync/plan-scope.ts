import { effectiveDay } from '../domain/access/effective-day.ts';
import { statusOn } from '../domain/access/status.ts';
import type { Day } from '../domain/access/term.ts';
import type { StatusOf } from '../domain/plan/record-change.ts';
import type { Account } from '../ports/accounts.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantSettings } from '../ports/settings.ts';
import type { Tenant, TenantReader } from '../ports/tenant-store.ts';
import type { PlannedRecords } from './planned-records.ts';
import type { StrayRows } from './scan/stray-rows.ts';

/** The one instant by which everything in a plan is judged. */
export interface Moment {
  readonly at: number;
  /** The date that counts then where the tenant is (W1). */
  readonly day: Day;
  /** Statuses at that instant (W2). */
  readonly statusOf: StatusOf;
}

/** What is the same for all files of a run while it is planned. */
export interface RunScope extends Moment {
  readonly settings: TenantSettings;
  /**
   * Whose rights the file has (W18): those of the account that sent it, none where that is gone; from the command
   * line, a watched folder or the system itself the integration's own, which may everywhere.
   */
  readonly sender: Account | 'integration' | 'unknown';
}

/** Within what one file is planned. */
export interface PlanScope extends RunScope {
  /**
   * Each batch is written before the next one is planned, so that what is stored tells what earlier rows did. Both
   * ways must come to the same.
   */
  readonly seesItsWrites: boolean;
  /** The rows of the whole file that do not surely say what they are about (S5). */
  readonly stray: StrayRows;
  /** What earlier rows, and earlier files of the same delivery, make and change. */
  readonly planned: PlannedRecords;
}

/** W2: the instant as the tenant's zone sees it. */
export function momentAt(at: number, { zone }: Pick<Tenant, 'zone'>): Moment {
  const day = effectiveDay(at, zone);
  return { at, day, statusOf: (term) => statusOn(term, day, at) };
}

export async function openRunScope(
  reader: TenantReader,
  run: Run,
  tenant: Pick<Tenant, 'zone'>,
  at: number,
): Promise<RunScope> {
  const byAccount = run.channel === 'api' || run.channel === 'console';
  return {
    settings: await reader.settings.get(),
    ...momentAt(at, tenant),
    sender: byAccount ? ((await reader.accounts.findByUsername(run.sender)) ?? 'unknown') : 'integration',
  };
}
