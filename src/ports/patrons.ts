import type { KeyField, Patron, PatronRole, PatronStatus, PatronValues } from '../domain/patron/patron.ts';

/** Which run or hand made a record, and when (epoch milliseconds). */
export interface Provenance {
  readonly createdRun: number | null;
  readonly createdAt: number;
}

export type StoredPatron = Patron & Provenance & { readonly updatedAt: number };

export interface PatronSearch {
  /** Words that must all be contained; blank = everybody. */
  readonly q: string;
  readonly role?: PatronRole;
  readonly status?: PatronStatus;
  /** Only patrons without any e-mail (I22). */
  readonly withoutEmail?: boolean;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

/** A page of a list; `total` is null above the counting cap. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number | null;
}

export interface PatronReader {
  findById(id: number): Promise<StoredPatron | undefined>;
  /** The patron whose key field equals `value` after folding (S4). */
  findByKey(field: KeyField, value: string): Promise<StoredPatron | undefined>;
  /** The patrons that have `value`, folded, as a key of whichever kind, in the order of the kinds; one may come twice. */
  listByAnyKey(value: string): Promise<StoredPatron[]>;
  findByIds(ids: readonly number[]): Promise<StoredPatron[]>;
  /** Bulk: folded key → patron. Unknown keys are missing from the map; blank ones are never found. */
  mapByKey(field: KeyField, foldedKeys: readonly string[]): Promise<Map<string, StoredPatron>>;
  /** The same where only the ids are wanted, which is much faster for very many. */
  mapIdsByKey(field: KeyField, foldedKeys: readonly string[]): Promise<Map<string, number>>;
  /**
   * Contains-search, without regard to case and accents, over keys, names, class, room, role and e-mail. An
   * exact key match comes first, the rest by surname, first name, id.
   */
  search(search: PatronSearch): Promise<Page<StoredPatron>>;
  /** The next patrons in id order after `afterId`, for walking everybody in pieces. */
  listAfter(afterId: number, limit: number): Promise<StoredPatron[]>;
  /** Tells of everybody who has a username: the id and the folded username, in the order of ids. */
  walkUsernames(visit: (id: number, usernameKey: string) => void): Promise<void>;
  count(status?: PatronStatus): Promise<number>;
  /** Those of the ids, ascending, that are members or contact persons anywhere or were given access by an operator. */
  listReferred(ids: readonly number[]): Promise<number[]>;
}

export interface NewPatron extends PatronValues {
  readonly id: number;
}

export interface PatronWriter {
  /** Bulk insert; ids come from `allocateIds('patron', n)`. */
  insert(patrons: readonly NewPatron[], provenance: Provenance): Promise<void>;
  /**
   * Bulk update of whole records, by id. A key moving between two patrons of one call is allowed. Where `before` tells
   * that neither keys nor names change, their indexes are not written.
   */
  update(patrons: readonly Patron[], updatedAt: number, before?: ReadonlyMap<number, Patron>): Promise<void>;
  /**
   * Removes patrons whose contacts are gone already; `conflict` where something refers to one of them
   * (`listReferred`). The journal is the caller's.
   */
  remove(ids: readonly number[]): Promise<void>;
}
