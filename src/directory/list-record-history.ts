import type { MemberValues } from '../domain/group/group.ts';
import { fieldDifferences, type FieldChange } from '../domain/record-fields.ts';

import type { RecordEntity, RecordTypes } from '../domain/records.ts';
import {
  referencesOf,
  shownMember,
  shownRecord,
  type NameOf,
  type ShownFields,
} from '../domain/shown-records.ts';
import type { Channel } from '../ports/changes.ts';
import type { Page, Provenance } from '../ports/patrons.ts';
import type { RecordChange, StoredRecordChange } from '../ports/record-changes.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { nameReferences } from './record-names.ts';
import { viewInstant } from './views.ts';

/** One thing that happened to a record, or to one of a section's members. */
export interface RecordHistoryItem {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Null where it is no longer known who it was. */
  readonly actor: string | null;
  readonly channel: Channel | null;
  /** The import or undo behind it; null: by hand. */
  readonly runId: number | null;
  readonly entity: string;
  /** Whose membership it is about. */
  readonly patronId: number | null;
  readonly action: RecordChange['action'];
  readonly changes: FieldChange[];
}

/**
 * What happened to a record, newest first, of a section its members' changes among it. What an import made is not in
 * the journal: the record itself tells when and by which run it was made, and the first change since how.
 */
export async function listRecordHistory<E extends RecordEntity>(
  reader: TenantReader,
  entity: E,
  record: StoredRecord<E>,
  { page, pageSize }: { readonly page: number; readonly pageSize: number },
): Promise<Page<RecordHistoryItem>> {
  const withMembers = entity === 'section';
  const journal = await reader.recordChanges.listByRecord(entity, record.id, { withMembers, page, pageSize });
  const own = (await reader.recordChanges.mapByRecord(entity, [record.id])).get(record.id) ?? [];
  const birth = birthOf(entity, record, own);
  const entries: RecordChange[] = [...journal.items];
  const total = journal.total === null ? null : journal.total + (birth === undefined ? 0 : 1);
  const isLast = total !== null && total > (page - 1) * pageSize && total <= page * pageSize;
  if (birth !== undefined && isLast) entries.push(birth);
  const nameOf = await namesIn(reader, entries);
  return { items: entries.map((entry) => itemOf(entry, nameOf)), total };
}

/** The creation of a record by an import; undefined where the journal has it. */
function birthOf<E extends RecordEntity>(
  entity: E,
  record: StoredRecord<E>,
  journal: readonly StoredRecordChange[],
): (RecordChange & { readonly made: true }) | undefined {
  const { createdRun, createdAt } = record as Provenance;
  const journalled = journal.some(
    ({ action, at, runId }) => action === 'created' && at === createdAt && runId === createdRun,
  );
  if (journalled) return undefined;
  const next = journal.find(({ at, before }) => at >= createdAt && before !== null);
  return {
    made: true,
    runId: createdRun,
    at: createdAt,
    actor: { name: '', channel: 'system' },
    entity,
    recordId: record.id,
    patronId: null,
    action: 'created',
    before: null,
    after: next?.before ?? { ...record },
  };
}

type Side = RecordTypes[RecordEntity];

async function namesIn(reader: TenantReader, entries: readonly RecordChange[]): Promise<NameOf> {
  const sides = entries
    .filter(({ entity }) => entity !== 'member')
    .flatMap(({ before, after }) => [before, after].filter((side) => side !== null));
  return nameReferences(
    reader,
    (sides as unknown as Side[]).flatMap((side) => referencesOf(side)),
  );
}

function itemOf(entry: RecordChange & { readonly made?: true }, nameOf: NameOf): RecordHistoryItem {
  const { entity, at, actor, runId, patronId, action, before, after, made } = entry;
  const shown = (side: RecordChange['after']): ShownFields => {
    if (side === null) return {};
    return entity === 'member'
      ? shownMember(side as unknown as MemberValues)
      : shownRecord(side as unknown as Side, nameOf);
  };
  return {
    at: viewInstant(at),
    actor: made ? null : actor.name,
    channel: made ? null : actor.channel,
    runId,
    entity,
    patronId,
    action,
    changes: fieldDifferences(shown(before), shown(after)),
  };
}
