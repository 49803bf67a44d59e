import { sql, type Expression, type SqlBool } from 'kysely';
import type { SearchDocument, SearchIndex, Value } from '../stores/context.ts';
import type { SqliteConnection } from './connection.ts';

/** Search documents that may wait to be written together. */
const waitingMax = 20_000;

/**
 * FTS5 with trigrams and without positions: it narrows, `instr` on the folded text decides. Words of one
 * or two letters have no trigram and are decided by `instr` alone. The file is one tenant's, so the
 * search tables need no tenant column.
 *
 * Documents wait until many can be written at once, at the latest at the end of the transaction: any
 * other statement between two of them makes FTS5 write out a segment.
 */
export class TrigramSearch implements SearchIndex {
  readonly #connection: SqliteConnection;
  readonly #waiting: { readonly text: string; readonly values: readonly Value[] }[] = [];

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  patronsInserted(documents: readonly SearchDocument[]): Promise<void> {
    return this.#write('insert into patron_search (rowid, text) values (?, ?)', documents);
  }

  patronsChanged(documents: readonly SearchDocument[]): Promise<void> {
    return this.#write('insert or replace into patron_search (rowid, text) values (?, ?)', documents);
  }

  patronsRemoved(ids: readonly number[]): Promise<void> {
    return this.#remove('delete from patron_search where rowid = ?', ids);
  }

  emailsInserted(documents: readonly SearchDocument[]): Promise<void> {
    return this.#write('insert into email_search (rowid, text) values (?, ?)', documents);
  }

  emailsRemoved(patronIds: readonly number[]): Promise<void> {
    return this.#remove('delete from email_search where rowid = ?', patronIds);
  }

  flush(): void {
    for (const { text, values } of this.#waiting) this.#connection.run(text, values);
    this.#waiting.length = 0;
  }

  discard(): void {
    this.#waiting.length = 0;
  }

  contains(word: string): Expression<SqlBool> {
    this.flush();
    const inRecord = sql<SqlBool>`instr(patron.search_text, ${word}) > 0`;
    const inEmail = sql<SqlBool>`exists (
      select 1 from contact_list
      where contact_list.tenant_id = patron.tenant_id and contact_list.patron_id = patron.id
        and instr(contact_list.own_emails, ${word}) > 0)`;
    const trigrams = trigramQuery(word);
    const decided = sql<SqlBool>`(${inRecord} or ${inEmail})`;
    if (trigrams === undefined) return decided;
    return sql<SqlBool>`patron.id in (
      select rowid from patron_search where patron_search match ${trigrams}
      union
      select rowid from email_search where email_search match ${trigrams}
    ) and ${decided}`;
  }

  #write(text: string, documents: readonly SearchDocument[]): Promise<void> {
    for (const document of documents) this.#waiting.push({ text, values: [document.id, document.text] });
    if (this.#waiting.length >= waitingMax) this.flush();
    return Promise.resolve();
  }

  #remove(text: string, ids: readonly number[]): Promise<void> {
    for (const id of ids) this.#waiting.push({ text, values: [id] });
    if (this.#waiting.length >= waitingMax) this.flush();
    return Promise.resolve();
  }
}

/** Every three letters of the word as a quoted term, all of them wanted; undefined for a shorter word. */
function trigramQuery(word: string): string | undefined {
  const letters = [...word];
  if (letters.length < 3) return undefined;
  const terms = new Set<string>();
  for (let index = 0; index + 3 <= letters.length; index++) {
    terms.add(
      `"${letters
        .slice(index, index + 3)
        .join('')
        .replaceAll('"', '""')}"`,
    );
  }
  return [...terms].join(' AND ');
}
