import { setImmediate as letOthersWork } from 'node:timers/promises';
import { MusterError } from '../domain/errors.ts';
import { ConsequenceTally, type Consequences, type MessageChange } from '../domain/plan/consequences.ts';
import type { PlannedRecord } from '../domain/plan/patron-change.ts';
import { sayConsequences } from '../domain/plan/say-consequences.ts';
import { displayName } from '../domain/patron/identity.ts';
import type { PatronValues } from '../domain/patron/patron.ts';
import { differences } from '../domain/record-fields.ts';
import type { StoredChange } from '../ports/changes.ts';
import type { Page } from '../ports/patrons.ts';
import type { PlanItem } from '../ports/plans.ts';
import { isUnfinished, type Run } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { recordsOfRun, type RecordOfRun } from './history.ts';
import { sessionRunMode } from './session-run.ts';

const patronsPerPiece = 500;

/** Patrons looked up and compared in one go: a page may have hundreds, each with very many records. */
const patronsInOneGo = 25;

/** One patron of a plan, with the old value beside the new. */
export interface PlanItemView {
  /** Null for a patron that was yet to be made. */
  readonly patronId: number | null;
  readonly username: string;
  /** Both names or, without any, a key. */
  readonly name: string;
  /** Whether the patron, or somebody getting messages about it, loses anything. */
  readonly loses: boolean;
  readonly records: RecordOfRun[];
}

/** What a plan comes to, in numbers and in sentences. */
export interface PlanTotals extends Omit<Consequences, 'messages'> {
  readonly messages: MessageChange[];
  readonly sentences: string[];
}

export interface PlanView extends Page<PlanItemView> {
  readonly totals: PlanTotals;
}

/**
 * A page of what a run does, did or would do, patron by patron: of a held, discarded or dry run as it was planned, of
 * one that was applied from records and journal. `conflict` for a run that is not planned yet, `gone` where the plan
 * is no longer kept.
 */
export async function viewPlan(
  reader: TenantReader,
  run: Run,
  filter: { readonly page: number; readonly pageSize: number; readonly onlyLosing?: boolean },
): Promise<PlanView> {
  if (isUnfinished(run)) {
    throw new MusterError('conflict', `Run ${run.id} is not planned yet; its state is ${run.state}.`);
  }
  if (run.state === 'failed')
    return { items: [], total: 0, totals: planTotals(new ConsequenceTally().total) };
  if (run.consequences === null) throw goneOf(run);
  const { items, total } =
    run.mode === sessionRunMode
      ? await itemsOfSession(reader, run, filter)
      : await reader.plans.list(run.id, filter);
  const totals = planTotals(run.consequences);
  if (total === 0 && !filter.onlyLosing && totals.patrons.changed > 0) throw goneOf(run);
  const wasDone = items.some(({ records }) => records === undefined);
  if (wasDone && (run.startedAt ?? run.receivedAt) < (await reader.settings.get()).journalKeptFrom) {
    throw goneOf(run);
  }
  return { items: await viewItems(reader, run, items), total, totals };
}

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
    .map((patronId) => ({ patronId, loses: false }));
  return { items, total: ids.length };
}

/** The numbers with their sentences. */
export function planTotals(consequences: Consequences): PlanTotals {
  const messages = [...consequences.messages];
  return { ...consequences, messages, sentences: sayConsequences(consequences) };
}

function goneOf({ id }: Run): MusterError {
  return new MusterError(
    'gone',
    `The plan of run ${id} is not kept: its time is over (deliveryRetentionDays, journalRetentionDays), or the run is older than plans are.`,
  );
}

async function viewItems(
  reader: TenantReader,
  run: Run,
  items: readonly PlanItem[],
): Promise<PlanItemView[]> {
  const views: PlanItemView[] = [];
  for (let start = 0; start < items.length; start += patronsInOneGo) {
    if (start > 0) await letOthersWork();
    views.push(...(await viewSome(reader, run, items.slice(start, start + patronsInOneGo))));
  }
  return views;
}

async function viewSome(reader: TenantReader, run: Run, items: readonly PlanItem[]): Promise<PlanItemView[]> {
  const ids = items.flatMap(({ patronId }) => patronId ?? []);
  const patrons = new Map((await reader.patrons.findByIds(ids)).map((patron) => [patron.id, patron]));
  const done = items.flatMap(({ patronId, records }) =>
    records === undefined && patronId !== null ? [patronId] : [],
  );
  const contacts = await reader.contacts.mapByPatron(done);
  const journal = await reader.changes.mapByPatron(done);
  return items.map((item) => {
    const id = item.patronId ?? 0;
    const entries = journal.get(id) ?? [];
    const patron = patrons.get(id) ?? plannedPatron(item) ?? removedPatron(entries);
    return {
      patronId: item.patronId,
      username: patron?.username ?? '',
      name: patron === undefined ? '' : displayName(patron),
      loses: item.loses,
      records:
        item.records?.map(viewRecord) ??
        recordsOfRun(run.id, patrons.get(id), contacts.get(id) ?? [], entries),
    };
  });
}

/** The record as it was planned. */
function plannedPatron({ records = [] }: PlanItem): PatronValues | undefined {
  return records.find((record) => record.entity === 'patron')?.after;
}

/** The record as it stood when it was removed. */
function removedPatron(journal: readonly StoredChange[]): PatronValues | undefined {
  for (const { subject } of journal.toReversed()) {
    if (subject.entity === 'patron' && subject.action === 'removed') return subject.before;
  }
  return undefined;
}

function viewRecord(record: PlannedRecord): RecordOfRun {
  const { entity, action, before, after } = record;
  const shown = before ?? after;
  return {
    entity,
    action,
    contactId: entity === 'contact' ? (before?.id ?? null) : null,
    contact: entity === 'contact' ? (shown as { contact: string }).contact : null,
    changes: differences(before, after),
  };
}
