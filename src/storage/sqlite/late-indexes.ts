import type { SqliteConnection } from './connection.ts';

/**
 * Indexes whose order is not that of the rows as imports bring them, and by which no import looks anything up:
 * to sort such an index once takes a fraction of what it takes to find the place of each entry.
 */
const lateIndexes: ReadonlyMap<string, readonly string[]> = new Map([
  ['contact_list', ['contact_list_email']],
  ['patron', ['patron_name']],
  ['section_member', ['section_member_patron', 'section_member_starts', 'section_member_ends']],
]);

/** To sort more would hold up the end for too long: from so many rows on the index grows row by row. */
const rowsMaxUsual = 1_000_000;

/**
 * So what is to be sorted for an index goes into a temporary file, a piece at a time, and a thread of SQLite's own sorts
 * each piece meanwhile. As ever it is kept in memory, and all of it sorted by this thread once the last row is read;
 * but whatever else is temporary, as copies of pages in case a statement fails, is better off there.
 */
const sortingBeside = 'PRAGMA temp_store = FILE; PRAGMA threads = 1';
const asEver = 'PRAGMA temp_store = MEMORY; PRAGMA threads = 0';

/** An index that is not there now. */
interface PutOff {
  readonly name: string;
  readonly text: string;
  /** What the planner is to think of its size. */
  readonly stat: string | undefined;
}

/**
 * Puts off some indexes of tables that are empty when much is about to be written, within the one transaction that
 * writes it: nobody else ever sees a table without its indexes, and what ends that transaction brings them back.
 */
export class LateIndexes {
  readonly #connection: SqliteConnection;
  readonly #rowsMax: number;
  /** By table. */
  readonly #putOff = new Map<string, { readonly indexes: readonly PutOff[]; rows: number }>();

  constructor(connection: SqliteConnection, rowsMax = rowsMaxUsual) {
    this.#connection = connection;
    this.#rowsMax = rowsMax;
  }

  /** Before the transaction: closes temporary tables, which would keep `makeUp` from having its sorting done beside. */
  prepare(): void {
    this.#connection.exec(`${sortingBeside}; ${asEver}`);
  }

  /** At the beginning of the transaction. */
  putOff(): void {
    for (const [table, names] of lateIndexes) {
      if (this.#connection.all(`select 1 from "${table}" limit 1`).length > 0) continue;
      const indexes = names.map((name) => this.#drop(name));
      this.#putOff.set(table, { indexes, rows: 0 });
    }
  }

  /** To be told of rows that were inserted. */
  inserted(table: string, rows: number): void {
    const late = this.#putOff.get(table);
    if (late === undefined) return;
    late.rows += rows;
    if (late.rows >= this.#rowsMax) this.#makeUpFor(table, late.indexes);
  }

  /** Makes every index that was put off, before anybody reads by it. */
  makeUp(): void {
    for (const [table, { indexes }] of this.#putOff) this.#makeUpFor(table, indexes);
  }

  /** The transaction has ended, whichever way. */
  forget(): void {
    this.#putOff.clear();
  }

  /** After the transaction. */
  settle(): void {
    this.#connection.exec(asEver);
  }

  /** As far as that goes: with temporary tables open all stays as it is. */
  #sort(how: typeof sortingBeside | typeof asEver): void {
    try {
      this.#connection.exec(how);
    } catch {
      // It is sorted all the same.
    }
  }

  #makeUpFor(table: string, indexes: readonly PutOff[]): void {
    this.#putOff.delete(table);
    this.#sort(sortingBeside);
    for (const { name, text, stat } of indexes) {
      this.#connection.exec(text);
      if (stat === undefined) continue;
      this.#connection.run('insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)', [table, name, stat]);
    }
    this.#connection.exec('ANALYZE sqlite_schema');
    this.#sort(asEver);
  }

  #drop(name: string): PutOff {
    const [made] = this.#connection.all<{ sql: string }>(
      `select sql from sqlite_schema where type = 'index' and name = ?`,
      [name],
    );
    const [size] = this.#connection.all<{ stat: string }>('select stat from sqlite_stat1 where idx = ?', [
      name,
    ]);
    this.#connection.exec(`DROP INDEX "${name}"`);
    return { name, text: made!.sql, stat: size?.stat };
  }
}
