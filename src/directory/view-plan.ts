import { setImmediate as letOthersWork } from 'node:timers/promises';
import { MusterError } from '../domain/errors.ts';
import type { AccessConsequences, TargetChange } from '../domain/plan/access-consequences.ts';
import { ConsequenceTally, type Consequences } from '../domain/plan/consequences.ts';
import type { MessageChange } from '../domain/plan/patron-tally.ts';
import { sayConsequences } from '../domain/plan/say-consequences.ts';
import type { Page } from '../ports/patrons.ts';
import type { PlanItem } from '../ports/plans.ts';
import { isUnfinished, type Run } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import type { PlanItemView } from './plan-item-view.ts';
import { sessionRunMode } from './session-run.ts';
import { viewPatronItems } from './view-patron-plan.ts';
import { viewRecordItems } from './view-record-plan.ts';

const patronsPerPiece = 500;

/** Items looked up and compared in one go: a page may have hundreds, each with very many records. */
const itemsInOneGo = 25;

/** What a plan comes to, in numbers and in sentences. */
export interface PlanTotals extends Omit<Consequences, 'messages' | 'access'> {
  readonly messages: MessageChange[];
  readonly access?: AccessTotals;
  readonly sentences: string[];
}

/** The same lists, as whoever takes them may keep them. */
interface AccessTotals extends Omit<AccessConsequences, 'targets' | 'closed' | 'opened'> {
  readonly targets: TargetChange[];
  readonly closed: string[];
  readonly opened: string[];
}

export interface PlanView extends Page<PlanItemView> {
  readonly totals: PlanTotals;
}

/**
 * A page of what a run does, did or would do, subject by subject: of a held, discarded or dry run as it was planned,
 * of one that was applied from records and journal. `conflict` for a run that is not planned yet, `gone` where the
 * plan is no longer kept.
 */
export async function viewPlan(
  reader: TenantReader,
  run: Run,
  filter: { readonly page: number; readonly pageSize: number; readonly onlyLosing?: boolean },
): Promise<PlanView> {
  if (isUnfinished(run)) {
    throw new MusterError('conflict', `Run ${run.id} is not planned yet; its state is ${run.state}.`);
  }
  if (run.state === 'failed') return { items: [], total: 0, totals: planTotals(nothing) };
  if (run.consequences === null) throw goneOf(run);
  const { items, total } =
    run.mode === sessionRunMode
      ? await itemsOfSession(reader, run, filter)
      : await reader.plans.list(run.id, filter);
  const totals = planTotals(run.consequences);
  if (total === 0 && !filter.onlyLosing && changesAnything(run.consequences)) throw goneOf(run);
  const wasDone = items.some(({ records }) => records === undefined);
  if (wasDone && (run.startedAt ?? run.receivedAt) < (await reader.settings.get()).journalKeptFrom) {
    throw goneOf(run);
  }
  return { items: await viewItems(reader, run, items), total, totals };
}

const nothing = new ConsequenceTally(() => 'ACTIVE').total;

/** Single writes had each a plan of its own, which nobody kept: the journal tells whom they have changed. */
async function itemsOfSession(
  reader: TenantReader,
  run: Run,
  { page, pageSize, onlyLosing = false }: { page: number; pageSize: number; onlyLosing?: boolean },
): Promise<Page<PlanItem>> {
  if (onlyLosing) return { items: [], total: 0 };
  const ids: number[] = [];
  for (let isMore = true; isMore;) {
    const more = await reader.changes.listPatronsOfRun(run.id, ids.at(-1) ?? 0, patronsPerPiece);
    ids.push(...more);
    isMore = more.length === patronsPerPiece;
  }
  const items = ids
    .slice((page - 1) * pageSize, page * pageSize)
    .map((id): PlanItem => ({ subject: { entity: 'patron', id, label: '' }, loses: false }));
  return { items, total: ids.length };
}

/** The numbers with their sentences. */
export function planTotals(consequences: Consequences): PlanTotals {
  const { access, ...rest } = consequences;
  const sentences = sayConsequences(consequences);
  const totals = { ...rest, messages: [...rest.messages], sentences };
  if (access === undefined) return totals;
  const { exact, targets, closed, opened } = access;
  return { ...totals, access: { exact, targets: [...targets], closed: [...closed], opened: [...opened] } };
}

function changesAnything({ patrons, records, members }: Consequences): boolean {
  return patrons.changed > 0 || records !== undefined || members !== undefined;
}

function goneOf({ id }: Run): MusterError {
  return new MusterError(
    'gone',
    `The plan of run ${id} is not kept: its time is over (deliveryRetentionDays, journalRetentionDays), or the run is older than plans are.`,
  );
}

/** In their order, each as its subject is shown. */
async function viewItems(
  reader: TenantReader,
  run: Run,
  items: readonly PlanItem[],
): Promise<PlanItemView[]> {
  const views: PlanItemView[] = [];
  for (let start = 0; start < items.length; start += itemsInOneGo) {
    if (start > 0) await letOthersWork();
    views.push(...(await viewSome(reader, run, items.slice(start, start + itemsInOneGo))));
  }
  return views;
}

async function viewSome(reader: TenantReader, run: Run, items: readonly PlanItem[]): Promise<PlanItemView[]> {
  const ofPatrons = items.filter(({ subject }) => subject.entity === 'patron');
  const ofRecords = items.filter(({ subject }) => subject.entity !== 'patron');
  const views = new Map([
    ...(await viewPatronItems(reader, run.id, ofPatrons)),
    ...(await viewRecordItems(reader, run.id, ofRecords)),
  ]);
  return items.map((item) => views.get(item)!);
}
