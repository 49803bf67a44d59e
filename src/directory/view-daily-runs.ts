import type { Day, TermStatus } from '../domain/access/term.ts';
import { MusterError } from '../domain/errors.ts';
import type { DailyRun, TermEntity } from '../ports/daily-runs.ts';
import type { Page } from '../ports/patrons.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { nameRecords, namePersons, nameTurns, type TurnView } from './name-turns.ts';
import { viewInstant } from './views.ts';

/** A date that was run, as it is shown. */
export interface DailyRunView {
  readonly date: Day;
  readonly at: string;
  readonly activated: number;
  readonly inactivated: number;
  readonly gaining: number;
  readonly losing: number;
}

/** A status that a date changed, in names. */
export interface StatusChangeView {
  readonly entity: TermEntity;
  /** Of a membership: its section's; null where it is no longer there. */
  readonly uniqueIdentifier: string | null;
  readonly name: string | null;
  /** Of a membership: whose it is. */
  readonly patronId: number | null;
  readonly patron: string | null;
  readonly patronName: string | null;
  readonly from: TermStatus;
  readonly to: TermStatus;
}

interface PageChoice {
  readonly page: number;
  readonly pageSize: number;
}

export function viewDailyRun({ day, at, activated, inactivated, gaining, losing }: DailyRun): DailyRunView {
  return { date: day, at: viewInstant(at), activated, inactivated, gaining, losing };
}

/** The dates that were run, newest first. */
export async function listDailyRuns(
  reader: TenantReader,
  { page, pageSize }: PageChoice,
): Promise<Page<DailyRunView>> {
  const { items, total } = await reader.dailyRuns.list(page, pageSize);
  return { items: items.map(viewDailyRun), total };
}

/** One date that was run; `not-found` where it was not. */
export async function getDailyRun(reader: TenantReader, date: Day): Promise<DailyRunView> {
  const run = await reader.dailyRuns.find(date);
  if (run !== undefined) return viewDailyRun(run);
  throw new MusterError(
    'not-found',
    `There was no daily run of ${date}. The list of runs shows those there were.`,
  );
}

/** What became active or inactive on a date (W3), by entity; `not-found` as above. */
export async function listStatusChanges(
  reader: TenantReader,
  date: Day,
  choice: PageChoice,
): Promise<Page<StatusChangeView>> {
  await getDailyRun(reader, date);
  const { items, total } = await reader.dailyRuns.listChanges(date, choice);
  const recordOf = (entity: TermEntity) => (entity === 'member' ? 'section' : entity);
  const nameOf = await nameRecords(
    reader,
    items.map(({ entity, id }) => ({ entity: recordOf(entity), id })),
  );
  const personOf = await namePersons(
    reader,
    items.flatMap(({ patronId }) => patronId ?? []),
  );
  const nobody = { patronId: null, patron: null, patronName: null };
  return {
    items: items.map(({ entity, id, patronId, from, to }) => ({
      entity,
      ...nameOf(recordOf(entity), id),
      ...(patronId === null ? nobody : personOf(patronId)),
      from,
      to,
    })),
    total,
  };
}

/** Which access a date gave and took (W3), by patron; `not-found` as above. */
export async function listAccessTurns(
  reader: TenantReader,
  date: Day,
  choice: PageChoice,
): Promise<Page<TurnView>> {
  await getDailyRun(reader, date);
  const { items, total } = await reader.accessTurns.list(date, choice);
  return { items: await nameTurns(reader, items), total };
}
