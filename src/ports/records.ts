import type { TermStatus } from '../domain/access/term.ts';
import type { MemberValues } from '../domain/group/group.ts';
import { recordEntities, type RecordEntity, type RecordTypes } from '../domain/records.ts';
import type { Page, Provenance } from './patrons.ts';

export { recordEntities };
export type { RecordEntity, RecordTypes };

/** A record as it is written; `status` is null for what has no term. */
export type RecordToStore<E extends RecordEntity> = RecordTypes[E] & { readonly status: TermStatus | null };

/**
 * `status`: as the last import, edit or daily run stored it (W3); null for what has no term. What counts for access
 * is always worked out afresh from the dates (W2).
 */
export type StoredRecord<E extends RecordEntity> = RecordTypes[E] &
  Provenance & { readonly updatedAt: number; readonly status: TermStatus | null };

export interface RecordFilter {
  /** Words that must all be contained in identifier or name, whatever case and accents; blank = everything. */
  readonly q?: string;
  readonly status?: TermStatus;
  /** Of a group or set: its organization; of a section: its group. */
  readonly parentId?: number;
  /** Of groups and sections: whose contact person the patron is. */
  readonly contactPatronId?: number;
  readonly page: number;
  readonly pageSize: number;
}

/** Reads records of one entity. Identifiers compare exactly, after trimming (W8, W15). */
export interface RecordReader<E extends RecordEntity> {
  findById(id: number): Promise<StoredRecord<E> | undefined>;
  findByIds(ids: readonly number[]): Promise<StoredRecord<E>[]>;
  findByIdentifier(identifier: string): Promise<StoredRecord<E> | undefined>;
  /** Bulk: identifier → record; unknown ones are missing. */
  mapByIdentifier(identifiers: readonly string[]): Promise<Map<string, StoredRecord<E>>>;
  /** By identifier. */
  list(filter: RecordFilter): Promise<Page<StoredRecord<E>>>;
  /** The next records in id order, for walking all of them in pieces. */
  listAfter(afterId: number, limit: number): Promise<StoredRecord<E>[]>;
  count(): Promise<number>;
  /** Those of the ids, ascending, that another record, a member or an entry of a set refers to. */
  listReferred(ids: readonly number[]): Promise<number[]>;
}

export interface RecordWriter<E extends RecordEntity> {
  /** Bulk; ids come from `allocateIds(entity, n)`. */
  insert(records: readonly RecordToStore<E>[], provenance: Provenance): Promise<void>;
  /** Bulk, whole records by id. An identifier moving between two records of one call is allowed. */
  update(records: readonly RecordToStore<E>[], updatedAt: number): Promise<void>;
  /** Removes records; `conflict` where something refers to one of them (`listReferred`). The journal is the caller's. */
  remove(ids: readonly number[]): Promise<void>;
}

/** One reader (or reader and writer) for each entity. */
export type RecordReaders = { readonly [E in RecordEntity]: RecordReader<E> };
export type RecordStores = { readonly [E in RecordEntity]: RecordReader<E> & RecordWriter<E> };

export type StoredMember = MemberValues &
  Provenance & { readonly updatedAt: number; readonly status: TermStatus };

export interface MemberReader {
  find(sectionId: number, patronId: number): Promise<StoredMember | undefined>;
  /** Bulk: section id → its members in patron order, inactive ones included; sections without any are missing. */
  mapBySection(sectionIds: readonly number[]): Promise<Map<number, StoredMember[]>>;
  /** Bulk: patron id → memberships in section order. */
  mapByPatron(patronIds: readonly number[]): Promise<Map<number, StoredMember[]>>;
  listBySection(
    sectionId: number,
    filter: { readonly status?: TermStatus; readonly page: number; readonly pageSize: number },
  ): Promise<Page<StoredMember>>;
  /** Members of the sections whose stored status is ACTIVE. */
  countActive(sectionIds: readonly number[]): Promise<number>;
  /** Whether there is none at all. */
  isEmpty(): Promise<boolean>;
}

export interface MemberWriter {
  /** Bulk, fastest in order of (section, patron). */
  insert(
    members: readonly (MemberValues & { readonly status: TermStatus })[],
    provenance: Provenance,
  ): Promise<void>;
  update(
    members: readonly (MemberValues & { readonly status: TermStatus })[],
    updatedAt: number,
  ): Promise<void>;
  remove(members: readonly Pick<MemberValues, 'sectionId' | 'patronId'>[]): Promise<void>;
  removeByPatron(patronId: number): Promise<void>;
}
