import type { Actor } from './changes.ts';
import type { Page } from './patrons.ts';
import { recordEntities } from './records.ts';

/** What the journal of records speaks of; a member's id is its section's, with the patron beside it. */
export const journalEntities = [...recordEntities, 'member'] as const;
export type JournalEntity = (typeof journalEntities)[number];

export const recordActions = ['created', 'updated', 'inactivated', 'removed'] as const;

/**
 * One entry of the journal of groups, sections, members, sets and registries: what stood before and what stands after,
 * as plain values (the types of `domain/`, plus `createdRun` and `createdAt` on `before` of a removal). Records that an
 * import creates are not written here, since the record itself says which run made it; those made one by one are.
 */
export interface RecordChange {
  readonly runId: number | null;
  readonly at: number;
  readonly actor: Actor;
  readonly entity: JournalEntity;
  /** Of a member: its section's. */
  readonly recordId: number;
  /** Of a member only. */
  readonly patronId: number | null;
  readonly action: (typeof recordActions)[number];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export type StoredRecordChange = RecordChange & { readonly id: number };

export interface RecordChangeReader {
  /** Newest first; of a section, `withMembers` adds the entries of its members. */
  listByRecord(
    entity: JournalEntity,
    recordId: number,
    filter: { readonly withMembers?: boolean; readonly page: number; readonly pageSize: number },
  ): Promise<Page<StoredRecordChange>>;
  /** Entries of members that name the patron, oldest first. */
  listByPatron(patronId: number): Promise<StoredRecordChange[]>;
  /** Entries of groups and sections that name the patron as contact person, oldest first. Reads through all: it is rare. */
  listNamingPerson(patronId: number): Promise<StoredRecordChange[]>;
  /** Ids (of members: of their sections) that the run created or changed, ascending after `afterId`. */
  listRecordsOfRun(runId: number, entity: JournalEntity, afterId: number, limit: number): Promise<number[]>;
  /** Every entry of the given records, oldest first, by record id (all members of a section together). */
  mapByRecord(
    entity: JournalEntity,
    recordIds: readonly number[],
  ): Promise<Map<number, StoredRecordChange[]>>;
}

export interface RecordChangeWriter {
  /** Ids come from the sequence `change`, so that `ChangeReader.stamp` moves with these too. */
  append(changes: readonly RecordChange[]): Promise<void>;
  /** Removes the entries of its memberships, and the patron as contact person from those of groups and sections. */
  removeByPatron(patronId: number): Promise<void>;
  /** Deletes entries older than the instant, at most `limit`; gives how many. */
  purgeBefore(at: number, limit: number): Promise<number>;
}
