import type { KeyField, Patron, PatronRole } from '../domain/patron/patron.ts';
import type { StoredContact } from './contacts.ts';
import type { StoredPatron } from './patrons.ts';

export interface ContainingFilter {
  /** Only patrons of these roles; undefined = of any. */
  readonly roles?: readonly PatronRole[] | undefined;
  readonly afterId: number;
  readonly limit: number;
}

/** What a page of many shows of each. */
export interface ListedPatron {
  readonly patron: Patron;
  /** In the order they were made. */
  readonly contacts: readonly StoredContact[];
}

export interface PatronWithContacts extends ListedPatron {
  readonly patron: StoredPatron;
}

/** All that a text may name somebody by; keys are folded, and blank ones nobody's. */
export interface PatronName {
  readonly id?: number | undefined;
  /** A key of whichever kind. */
  readonly key: string;
  /** A key of that kind. */
  readonly named?: { readonly field: KeyField; readonly key: string } | undefined;
}

export interface PatronBlock {
  readonly firstId: number;
  readonly patrons: number;
  /** Each of its ids is somebody's, so that a place in it tells the id. */
  readonly isFull: boolean;
}

/** Ways to find patrons that no key names, in id order throughout, so that pages neither repeat nor skip anybody. */
export interface PatronLookup {
  /** Patrons whose e-mail (S2) is `email`, without regard to case; by id, at most `limit`. */
  listByEmail(email: string, limit: number): Promise<StoredPatron[]>;
  /** Patrons of that key (S4; one at most) or e-mail with their contacts, by one read; by id, at most `limit`. */
  listWithContacts(field: KeyField | 'email', value: string, limit: number): Promise<PatronWithContacts[]>;
  /** Everybody whom a name may mean, each once, with their contacts, by one read. */
  listNamed(name: PatronName): Promise<PatronWithContacts[]>;
  /** Patrons whose full name is `name`, without regard to case and to how many blanks stand inside (F12); likewise. */
  listByFullName(name: string, limit: number): Promise<StoredPatron[]>;
  /** The ids, in order, of the next patrons after `afterId` that contain every one of the folded words. */
  listContaining(words: readonly string[], filter: ContainingFilter): Promise<number[]>;
  /** How many patrons there are in each block of ids, those with none left out, in order of their first ids. */
  listBlocks(): Promise<PatronBlock[]>;
  /** Everybody in id order from id `firstId` on, the first `offset` of them left out, at most `limit`. */
  listFrom(firstId: number, offset: number, limit: number): Promise<ListedPatron[]>;
  /** Those of the ids that there are, in id order. */
  listByIds(ids: readonly number[]): Promise<ListedPatron[]>;
  /** A number that grows with whatever a search could find otherwise than before. */
  searchStamp(): Promise<number>;
  /** The same, and whether more than `count` patrons have a full name that begins so, in search form. */
  stampOfName(beginning: string, count: number): Promise<{ stamp: number; isOfMore: boolean }>;
}
