import { sql, type AliasedExpression, type Expression, type SqlBool } from 'kysely';
import type { TenantTables } from '../schema/tables.ts';
import type { EngineTools, SearchDocument, SearchIndex, Value } from '../stores/context.ts';
import type { SqliteConnection } from './connection.ts';

/** Rows an INSERT: measured best between one row a call and SQLite's limit of parameters. */
const rowsPerInsert = 25;

/** The embedded engine's own fast ways, on one connection. */
export class SqliteTools implements EngineTools {
  readonly search: SearchIndex;
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
    this.search = new TrigramSearch(connection);
  }

  insertRows(
    table: keyof TenantTables,
    constants: Readonly<Record<string, Value>>,
    columns: readonly string[],
    values: readonly Value[],
  ): Promise<void> {
    const same = Object.values(constants);
    const width = columns.length;
    const rowCount = values.length / width;
    const parameters: Value[] = [];
    const insert = (start: number, rows: number) => {
      parameters.length = 0;
      for (let row = start; row < start + rows; row++) {
        for (const value of same) parameters.push(value);
        for (let at = row * width; at < (row + 1) * width; at++) parameters.push(values[at]!);
      }
      const text = insertText(table, Object.keys(constants).concat(columns), rows);
      this.#connection.run(text, parameters);
    };
    const whole = rowCount - (rowCount % rowsPerInsert);
    for (let start = 0; start < whole; start += rowsPerInsert) insert(start, rowsPerInsert);
    for (let start = whole; start < rowCount; start++) insert(start, 1);
    return Promise.resolve();
  }

  updateRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    setColumns: readonly string[],
    rows: readonly (readonly Value[])[],
  ): Promise<void> {
    const sets = setColumns.map((name) => `"${name}" = ?`).join(', ');
    const keys = keyColumns.map((name) => `"${name}" = ?`).join(' and ');
    const text = `update "${table}" set ${sets} where ${keys}`;
    for (const row of rows) {
      this.#connection.run(text, [...row.slice(keyColumns.length), ...row.slice(0, keyColumns.length)]);
    }
    return Promise.resolve();
  }

  deleteRows(
    table: keyof TenantTables,
    keyColumns: readonly string[],
    keys: readonly (readonly Value[])[],
  ): Promise<void> {
    const text = `delete from "${table}" where ${keyColumns.map((name) => `"${name}" = ?`).join(' and ')}`;
    for (const key of keys) this.#connection.run(text, key);
    return Promise.resolve();
  }

  wanted<V extends string | number>(values: readonly V[]): AliasedExpression<{ value: V }, 'wanted'> {
    return sql<{ value: V }>`json_each(${JSON.stringify(values)})`.as('wanted');
  }
}

const insertTexts = new Map<string, string>();

/**
 * An INSERT of so many rows. Its parameters are not numbered, though some are the same in every row: for a
 * numbered one the driver searches the list of all of them at each binding.
 */
function insertText(table: string, columns: readonly string[], rows: number): string {
  const key = `${table} ${rows} ${columns.join()}`;
  let text = insertTexts.get(key);
  if (text === undefined) {
    const row = `(${columns.map(() => '?').join(',')})`;
    const names = columns.map((name) => `"${name}"`).join(',');
    // A clash here is a bug that the plan should have found; OR ROLLBACK spares SQLite a statement journal.
    text = `insert or rollback into "${table}" (${names}) values ${Array.from({ length: rows }, () => row).join(',')}`;
    insertTexts.set(key, text);
  }
  return text;
}

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
class TrigramSearch implements SearchIndex {
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
