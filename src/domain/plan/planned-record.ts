import { identifierOf, type RecordEntity } from '../records.ts';
import { shownMember, shownRecord, type NameOf, type ShownFields } from '../shown-records.ts';
import { plannedPatronRecords, type PlannedPatronRecord } from './patron-change.ts';
import type { PlanChange } from './plan-change.ts';
import { actionOf, termOf, type StatusOf } from './record-change.ts';

/** What a plan is about, item by item. */
export interface PlanSubject {
  /** `roster`: the members of a section, whose id it has. */
  readonly entity: 'patron' | RecordEntity | 'roster';
  /** Null for one that is yet to be made. */
  readonly id: number | null;
  /** The identifier; blank for a patron, who is named as it stands when the plan is looked at. */
  readonly label: string;
}

interface PlannedShown {
  readonly action: 'created' | 'updated' | 'inactivated' | 'removed';
  readonly before?: ShownFields;
  readonly after?: ShownFields;
}

/** One record as a plan changes it, in the form in which it is kept. */
export type PlannedRecord =
  | PlannedPatronRecord
  | (PlannedShown & { readonly entity: RecordEntity })
  | (PlannedShown & { readonly entity: 'member'; readonly patronId: number });

export function subjectOf(change: PlanChange): PlanSubject {
  if (change.about === 'patron') return { entity: 'patron', id: change.patronId, label: '' };
  if (change.about === 'roster') {
    return { entity: 'roster', id: storedId(change.sectionId), label: change.section };
  }
  const { entity, before, after } = change;
  return { entity, id: storedId(before?.id ?? after.id), label: identifierOf(after) };
}

/** The records of a change one by one; of a roster the members that become inactive first. */
export function plannedRecords(change: PlanChange, nameOf: NameOf, statusOf: StatusOf): PlannedRecord[] {
  if (change.about === 'patron') return plannedPatronRecords(change);
  if (change.about === 'record') {
    const { entity, before, after } = change;
    const shown = shownRecord(after, nameOf);
    if (before === undefined) return [{ entity, action: 'created', after: shown }];
    const action = actionOf(termOf(before), termOf(after), statusOf);
    return [{ entity, action, before: shownRecord(before, nameOf), after: shown }];
  }
  const { removes, updates, creates } = change;
  const member = (patronId: number) => ({ entity: 'member', patronId }) as const;
  const records: PlannedRecord[] = removes.map((before) => ({
    ...member(before.patronId),
    action: 'removed',
    before: shownMember(before),
  }));
  const changed = updates.map(({ before, after }) => ({
    ...member(after.patronId),
    action: actionOf(before, after, statusOf),
    before: shownMember(before),
    after: shownMember(after),
  }));
  const isLoss = ({ action }: (typeof changed)[number]) => action === 'inactivated';
  records.push(...changed.filter(isLoss), ...changed.filter((one) => !isLoss(one)));
  for (const after of creates) {
    records.push({ ...member(after.patronId), action: 'created', after: shownMember(after) });
  }
  return records;
}

function storedId(id: number): number | null {
  return id < 0 ? null : id;
}
