import { sql, type Expression, type SqlBool } from 'kysely';
import type { Candidates, SearchDocument, SearchIndex } from '../stores/context.ts';
import type { SqliteConnection } from './connection.ts';

/** Documents that a transaction indexes itself; those of a larger one are put off. */
const indexedAtOnceMax = 2_000;

/** Hits of a word are counted up to this many to find the rarest one. */
const hitsCountedMax = 2_000;

/** One change of the index; without a text the patron is taken out. */
interface IndexChange {
  readonly index: 'patron_search' | 'email_search';
  readonly id: number;
  readonly text?: string;
}

/**
 * FTS5 with trigrams and without positions: it narrows, `instr` on the folded text decides. Words of one
 * or two letters have no trigram and are decided by `instr` alone. The file is one tenant's, so the
 * search tables need no tenant column.
 *
 * Changes wait until the end of their transaction, since any other statement between two of them makes FTS5
 * write out a segment. Indexing costs as much as writing the records themselves, so a transaction that
 * changes very many only notes whom it concerns in `search_pending`; every search looks through those as
 * well, and `catchUp` indexes them once the import has been answered.
 */
export class TrigramSearch implements SearchIndex {
  readonly #connection: SqliteConnection;
  readonly #tenantId: number;
  readonly #waiting: IndexChange[] = [];
  #putOff = false;

  constructor(connection: SqliteConnection, tenantId: number) {
    this.#connection = connection;
    this.#tenantId = tenantId;
  }

  patronsInserted(documents: readonly SearchDocument[]): Promise<void> {
    return this.#change('patron_search', documents);
  }

  patronsChanged(documents: readonly SearchDocument[]): Promise<void> {
    return this.#change('patron_search', documents);
  }

  patronsRemoved(ids: readonly number[]): Promise<void> {
    return this.#change(
      'patron_search',
      ids.map((id) => ({ id })),
    );
  }

  emailsInserted(documents: readonly SearchDocument[]): Promise<void> {
    return this.#change('email_search', documents);
  }

  emailsRemoved(patronIds: readonly number[]): Promise<void> {
    return this.#change(
      'email_search',
      patronIds.map((id) => ({ id })),
    );
  }

  /** Writes out what waits; called before a transaction is committed. */
  flush(): void {
    if (this.#putOff) this.#connection.run(putOffText, [JSON.stringify(this.#waiting.map(({ id }) => id))]);
    else for (const change of this.#waiting) this.#index(change);
    this.#waiting.length = 0;
  }

  /** Forgets what a transaction has left, whether it was committed or rolled back. */
  reset(): void {
    this.#waiting.length = 0;
    this.#putOff = false;
  }

  /** Indexes up to `limit` patrons that were put off, within the running transaction; gives how many. */
  catchUp(limit: number): number {
    const pending = this.#connection.all<PendingPatron>(pendingText, [this.#tenantId, this.#tenantId, limit]);
    for (const { id, record, emails } of pending) {
      this.#index({ index: 'patron_search', id, ...(record === null ? {} : { text: record }) });
      this.#index({ index: 'email_search', id, ...(emails ? { text: emails } : {}) });
    }
    const last = pending.at(-1);
    if (last) this.#connection.run('delete from search_pending where patron_id <= ?', [last.id]);
    return pending.length;
  }

  contains(words: readonly string[]): Promise<Expression<SqlBool>> {
    this.flush();
    return Promise.resolve(containsWords(words));
  }

  /** FTS5 gives its hits in id order and begins anywhere, so that a common word costs no more than a rare one. */
  candidates(words: readonly string[], afterId: number, limit: number): Promise<Candidates | undefined> {
    this.flush();
    const trigrams = this.#rarest(words.flatMap((word) => trigramQuery(word) ?? []));
    if (trigrams === undefined) return Promise.resolve(undefined);
    const parameters = [trigrams, afterId, limit];
    const rows = this.#connection.all<{ id: number }>(candidatesText, [
      ...parameters,
      ...parameters,
      afterId,
      limit,
      limit,
    ]);
    const fit = sql<SqlBool>`(${sql.join(words.map(decides), sql` and `)})`;
    return Promise.resolve({ ids: rows.map(({ id }) => id), fit });
  }

  #rarest(queries: readonly string[]): string | undefined {
    if (queries.length < 2) return queries[0];
    const hits = queries.map((query) => {
      const [row] = this.#connection.all<{ n: number }>(hitsText, [query, hitsCountedMax]);
      return row!.n;
    });
    return queries[hits.indexOf(Math.min(...hits))];
  }

  #change(index: IndexChange['index'], documents: readonly { id: number; text?: string }[]): Promise<void> {
    for (const { id, text } of documents) {
      this.#waiting.push(text === undefined ? { index, id } : { index, id, text });
    }
    if (this.#waiting.length > indexedAtOnceMax) {
      this.#putOff = true;
      this.flush();
    }
    return Promise.resolve();
  }

  #index({ index, id, text }: IndexChange): void {
    if (text === undefined) this.#connection.run(`delete from ${index} where rowid = ?`, [id]);
    else this.#connection.run(`insert or replace into ${index} (rowid, text) values (?, ?)`, [id, text]);
  }
}

/** The condition alone, for a connection whose index is up to date. */
function containsWords(words: readonly string[]): Expression<SqlBool> {
  return sql<SqlBool>`(${sql.join(words.map(containsWord), sql` and `)})`;
}

/** Whether a patron contains the word, by reading it. */
function decides(word: string): Expression<SqlBool> {
  const inRecord = sql<SqlBool>`instr(patron.search_text, ${word}) > 0`;
  const inEmail = sql<SqlBool>`exists (
    select 1 from contact_list
    where contact_list.tenant_id = patron.tenant_id and contact_list.patron_id = patron.id
      and instr(contact_list.own_emails, ${word}) > 0)`;
  return sql<SqlBool>`(${inRecord} or ${inEmail})`;
}

function containsWord(word: string): Expression<SqlBool> {
  const trigrams = trigramQuery(word);
  const decided = decides(word);
  if (trigrams === undefined) return decided;
  return sql<SqlBool>`patron.id in (
    select rowid from patron_search where patron_search match ${trigrams}
    union
    select rowid from email_search where email_search match ${trigrams}
    union
    select patron_id from search_pending
  ) and ${decided}`;
}

/** Of each index as many as wanted in all, so that none is missing before the last one. */
const candidatesText = `
  select id from (
    select id from (
      select rowid as id from patron_search where patron_search match ? and rowid > ? order by rowid limit ?)
    union
    select id from (
      select rowid as id from email_search where email_search match ? and rowid > ? order by rowid limit ?)
    union
    select id from (
      select patron_id as id from search_pending where patron_id > ? order by patron_id limit ?))
  order by id limit ?`;

const hitsText = `
  select count(*) as n from (select rowid from patron_search where patron_search match ? limit ?)`;

const putOffText = 'insert or ignore into search_pending (patron_id) select value from json_each(?)';

interface PendingPatron {
  readonly id: number;
  /** Null once the patron is gone. */
  readonly record: string | null;
  readonly emails: string | null;
}

const pendingText = `
  select search_pending.patron_id as id, patron.search_text as record, contact_list.own_emails as emails
  from search_pending
  left join patron on patron.tenant_id = ? and patron.id = search_pending.patron_id
  left join contact_list on contact_list.tenant_id = ? and contact_list.patron_id = search_pending.patron_id
  order by search_pending.patron_id limit ?`;

/** Terms of a query: more would not narrow it much further, and FTS5 takes only so many. */
const termsMax = 60;

/** Every three letters of the word as a quoted term, all of them wanted; undefined for a shorter word. */
function trigramQuery(word: string): string | undefined {
  const letters = [...word];
  if (letters.length < 3) return undefined;
  const terms = new Set<string>();
  for (let index = 0; index + 3 <= letters.length && terms.size < termsMax; index++) {
    terms.add(
      `"${letters
        .slice(index, index + 3)
        .join('')
        .replaceAll('"', '""')}"`,
    );
  }
  return [...terms].join(' AND ');
}
