import { setImmediate as letOthersWork } from 'node:timers/promises';
import { sql, type Expression, type SqlBool } from 'kysely';
import type { Candidates, SearchIndex, Value } from '../stores/context.ts';
import type { SqliteConnection } from './connection.ts';

/** Patrons that a transaction indexes itself; those of a larger one are put off. */
const indexedAtOnceMax = 2_000;
/** Of those as many are noted by one statement. */
const notedAtOnce = 20_000;

/**
 * The parts of the index are made one once the smaller ones are more than this share of the largest: each is read by
 * every search, and what was replaced in the largest is looked up for whatever is read of it until then.
 */
const scatteredShare = 1 / 50;
/** Pages written by a step of that: about twenty milliseconds, seldom a hundred. */
const pagesPerMerge = 100;

/** So many patrons may always wait, so that single writes share the cost of a segment; searches read through them. */
const waitingMax = 100;

/** Terms that a word is looked for by, the rarest it has: more narrow little, and FTS5 reads the whole list of each. */
const termsPerWord = 3;
/** A term that so many have at least is worth reading only if it narrows what the rarer ones of its word have left. */
const commonDensity = 1 / 40;
const narrowedMax = 0.8;
const termsMax = 60;

/** Words of two letters that a query is narrowed by: each is some two hundred terms. */
const pairsMax = 2;

/** Of a longer word only the beginning is looked up; the whole of it decides. */
const wordCharsMax = 200;

/**
 * Others get their turn once a search has read for so long. Seldom enough that most searches end within their own turn:
 * one that gives it up waits for everybody else's.
 */
const turnMs = 4;
/** After so many candidates it is looked at the clock. */
const candidatesPerLook = 50;

/** How rare a term is, is judged by its first hits, and remembered. */
const hitsSeen = 40;
const termsRemembered = 5_000;

/**
 * FTS5 with trigrams and without positions over one text a patron, search text and own e-mails: it narrows, `instr` on
 * the folded text decides. Words of one letter have no trigram and are decided by `instr` alone. The file is one
 * tenant's, so the search table needs no tenant column.
 *
 * Within a transaction it is only noted whom it has touched; their texts are made anew before it commits, or before it
 * searches itself, by one statement and in the order of their ids, since FTS5 otherwise writes out a segment for
 * each. Indexing costs as much as writing the records themselves, so a transaction that touches very many only notes
 * them in `search_pending`; every search looks through those as well, and `catchUp` indexes them once the import has
 * been answered. One that touches a few notes them as well, until enough have come together. Who is gone is taken out
 * at once.
 */
export class TrigramSearch implements SearchIndex {
  readonly #connection: SqliteConnection;
  readonly #tenantId: number;
  readonly #touched = new Set<number>();
  /** In place of those, once they are put off: some maybe more than once. */
  readonly #toNote: number[] = [];
  /** Term, or several joined by AND → hits for each id, roughly. */
  readonly #densities = new Map<string, number>();
  #putOff = false;
  #merging = false;

  constructor(connection: SqliteConnection, tenantId: number) {
    this.#connection = connection;
    this.#tenantId = tenantId;
  }

  touched(patronIds: readonly number[]): Promise<void> {
    if (this.#putOff) {
      for (const id of patronIds) this.#toNote.push(id);
      if (this.#toNote.length >= notedAtOnce) this.#note();
      return Promise.resolve();
    }
    for (const id of patronIds) this.#touched.add(id);
    if (this.#touched.size > indexedAtOnceMax) {
      this.#putOff = true;
      for (const id of this.#touched) this.#toNote.push(id);
      this.#touched.clear();
    }
    return Promise.resolve();
  }

  /** Writes out what waits; called before a transaction is committed. */
  flush(): void {
    this.#note();
    if (this.#touched.size === 0) return;
    const ids = JSON.stringify([...this.#touched]);
    const waiting = this.#touched.size + this.#countPending();
    this.#touched.clear();
    if (waiting <= waitingMax) {
      this.#connection.run(goneText, [ids, this.#tenantId]);
      this.#connection.run(putOffText, [ids]);
      return;
    }
    this.#index(ids);
    // What a large import has left is for `catchUp`.
    if (waiting <= indexedAtOnceMax) this.catchUp(indexedAtOnceMax);
  }

  /** Notes who is put off. */
  #note(): void {
    if (this.#toNote.length === 0) return;
    this.#connection.run(putOffText, [JSON.stringify(this.#toNote)]);
    this.#toNote.length = 0;
  }

  #countPending(): number {
    const [row] = this.#connection.all<{ n: number }>(pendingCountText, [indexedAtOnceMax + 1]);
    return row!.n;
  }

  /** Forgets what a transaction has left, whether it was committed or rolled back. */
  reset(): void {
    this.#touched.clear();
    this.#toNote.length = 0;
    this.#putOff = false;
  }

  /** Indexes up to `limit` patrons that were put off, within the running transaction; gives how many. */
  catchUp(limit: number): number {
    const pending = this.#connection.all<{ id: number }>(pendingText, [limit]).map(({ id }) => id);
    if (pending.length === 0) return 0;
    this.#index(JSON.stringify(pending));
    this.#connection.run('delete from search_pending where patron_id <= ?', [pending.at(-1)!]);
    return pending.length;
  }

  /** A step of making the parts of the index one, within the running transaction; false once nothing is left to do. */
  merge(): boolean {
    if (!this.#merging && !this.#isScattered()) return false;
    const before = this.#countChanges();
    // Less than nothing begins with all parts there are.
    const pages = this.#merging ? pagesPerMerge : -pagesPerMerge;
    this.#connection.run(`insert into patron_search (patron_search, rank) values ('merge', ?)`, [pages]);
    // The statement itself counts as one.
    this.#merging = this.#countChanges() - before > 1;
    return this.#merging;
  }

  #isScattered(): boolean {
    const sizes = this.#connection.all<{ size: number }>(partSizesText).map(({ size }) => size);
    const largest = Math.max(0, ...sizes);
    const rest = sizes.reduce((sum, size) => sum + size, 0) - largest;
    return rest > largest * scatteredShare;
  }

  #countChanges(): number {
    return this.#connection.all<{ n: number }>('select total_changes() as n')[0]!.n;
  }

  contains(words: readonly string[]): Promise<Expression<SqlBool>> {
    this.flush();
    const trigrams = this.#query(words);
    const fit = decides(words);
    if (trigrams === undefined) return Promise.resolve(fit);
    return Promise.resolve(sql<SqlBool>`patron.id in (
      select rowid from patron_search where patron_search match ${trigrams}
      union
      select patron_id from search_pending
    ) and ${fit}`);
  }

  /** FTS5 gives its hits in id order and begins anywhere, so that a common word costs no more than a rare one. */
  candidates(words: readonly string[], afterId: number, limit: number): Promise<Candidates | undefined> {
    this.flush();
    const trigrams = this.#query(words);
    if (trigrams === undefined) return Promise.resolve(undefined);
    const parameters = [trigrams, afterId, limit, afterId, limit, limit];
    const rows = this.#connection.all<{ id: number }>(candidatesText, parameters);
    return Promise.resolve({ ids: rows.map(({ id }) => id), fit: decides(words) });
  }

  async list(
    words: readonly string[],
    roles: readonly number[] | undefined,
    afterId: number,
    limit: number,
  ): Promise<number[] | undefined> {
    this.flush();
    const trigrams = this.#query(words);
    if (trigrams === undefined) return undefined;
    const text = listText(words.length, roles !== undefined);
    const asked = words.flatMap((word) => [word, word]);
    if (roles) asked.push(JSON.stringify(roles));
    const found: number[] = [];
    for (let after: number | undefined = afterId; ;) {
      after = this.#listInTurn(text, [...asked, trigrams, after, after, this.#tenantId], found, limit);
      if (after === undefined) return found;
      await letOthersWork();
    }
  }

  /** Adds those who fit to `found`; gives the last candidate looked at where the turn is over before the end. */
  #listInTurn(
    text: string,
    parameters: readonly Value[],
    found: number[],
    limit: number,
  ): number | undefined {
    const until = performance.now() + turnMs;
    let looked = 0;
    for (const [id, isFit] of this.#connection.iterate(text, parameters)) {
      if (isFit === 1 && found.push(id as number) >= limit) return undefined;
      if (++looked % candidatesPerLook === 0 && performance.now() > until) return id as number;
    }
    return undefined;
  }

  /** The rarest terms of each word, all of them wanted, the rarest first; undefined where no word has one. */
  #query(words: readonly string[]): string | undefined {
    const terms = new Map<string, number>();
    for (const word of words)
      for (const [term, density] of this.#rarestOf(word.slice(0, wordCharsMax))) terms.set(term, density);
    const ordered = [...terms].sort(([, a], [, b]) => a - b).slice(0, termsMax);
    // Two letters are found as any three that begin or end with them.
    const pairs = words.filter((word) => pair.test(word)).slice(0, pairsMax);
    const wanted = [...ordered.map(([term]) => term), ...pairs.map(pairQuery)];
    return wanted.length === 0 ? undefined : wanted.join(' AND ');
  }

  /** The terms to look for a word by, with their densities. Those of one name are mostly found together. */
  #rarestOf(word: string): (readonly [string, number])[] {
    const rated = termsOf(word).map((term) => [term, this.#density(term)] as const);
    const [rarest, ...others] = rated.sort(([, a], [, b]) => a - b).slice(0, termsPerWord);
    if (rarest === undefined) return [];
    const chosen = [rarest];
    let [together] = rarest;
    for (const [term, density] of others) {
      const joined = `${together} AND ${term}`;
      if (density >= commonDensity && this.#density(joined) > this.#density(together) * narrowedMax) continue;
      together = joined;
      chosen.push([term, density]);
    }
    return chosen;
  }

  #density(query: string): number {
    const known = this.#densities.get(query);
    if (known !== undefined) return known;
    const hits = this.#connection.all<{ id: number }>(hitsText, [query, hitsSeen]);
    // Fewer than asked for are rarer than any that go on; they are seen soon, and may become more.
    if (hits.length < hitsSeen) return hits.length / 1e12;
    const density = hitsSeen / hits.at(-1)!.id;
    if (this.#densities.size >= termsRemembered) this.#densities.clear();
    this.#densities.set(query, density);
    return density;
  }

  #index(ids: string): void {
    this.#connection.run(goneText, [ids, this.#tenantId]);
    this.#connection.run(indexText, [ids, this.#tenantId, this.#tenantId]);
  }
}

/** Whether a patron contains every word, by reading it. */
function decides(words: readonly string[]): Expression<SqlBool> {
  return sql<SqlBool>`(${sql.join(words.map(containsWord), sql` and `)})`;
}

function containsWord(word: string): Expression<SqlBool> {
  return sql<SqlBool>`(instr(patron.search_text, ${word}) > 0 or exists (
    select 1 from contact_list
    where contact_list.tenant_id = patron.tenant_id and contact_list.patron_id = patron.id
      and instr(contact_list.own_emails, ${word}) > 0))`;
}

// Limits are expressions, since SQLite plans anew for each value of a bare one (`kysely.ts`).

/** Of each source as many as wanted in all, so that none is missing before the last one. */
const candidatesText = `
  select id from (
    select id from (
      select rowid as id from patron_search where patron_search match ? and rowid > ? order by rowid limit ? + 0)
    union
    select id from (
      select patron_id as id from search_pending where patron_id > ? order by patron_id limit ? + 0))
  order by id limit ? + 0`;

/** The candidates in the order of their ids, which both sources give as they are read, each with whether it fits. */
function listText(words: number, hasRoles: boolean): string {
  const fit = Array.from(
    { length: words },
    () => `(instr(patron.search_text, ?) > 0 or exists (
      select 1 from contact_list
      where contact_list.tenant_id = patron.tenant_id and contact_list.patron_id = patron.id
        and instr(contact_list.own_emails, ?) > 0))`,
  );
  if (hasRoles) fit.push('patron.role in (select value from json_each(?))');
  return `
  select candidate.id, ${fit.join(' and ')}
  from (
    select rowid as id from patron_search where patron_search match ? and rowid > ?
    union
    select patron_id from search_pending where patron_id > ?
    order by 1) as candidate
  cross join patron on patron.tenant_id = ? and patron.id = candidate.id`;
}

const hitsText =
  'select rowid as id from patron_search where patron_search match ? order by rowid limit ? + 0';

/** FTS5 notes of most pages of a part with which term they begin. */
const partSizesText = 'select count(*) as size from patron_search_idx group by segid';

const putOffText = 'insert or ignore into search_pending (patron_id) select value from json_each(?)';
const pendingText = 'select patron_id as id from search_pending order by patron_id limit ? + 0';

const pendingCountText = 'select count(*) as n from (select 1 from search_pending limit ? + 0)';

const goneText = `
  delete from patron_search where rowid in (
    select value from json_each(?) as touched
    where not exists (select 1 from patron where patron.tenant_id = ? and patron.id = touched.value))`;

const indexText = `
  insert or replace into patron_search (rowid, text)
  select patron.id, patron.search_text || char(10) || coalesce(contact_list.own_emails, '')
  from (select value from json_each(?) order by value) as touched
  cross join patron on patron.tenant_id = ? and patron.id = touched.value
  left join contact_list on contact_list.tenant_id = ? and contact_list.patron_id = patron.id`;

/** Characters that may stand beside two letters in a folded text: ASCII but for capitals and NUL. */
const besides = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1)).filter(
  (character) => character === character.toLowerCase(),
);

const pair = /^[a-z0-9]{2}$/;

/** Every three letters of a word as quoted terms; none where it has fewer. */
function termsOf(word: string): string[] {
  const letters = [...word];
  const terms = new Set<string>();
  for (let from = 0; from + 3 <= letters.length; from++) terms.add(quoted(letters, from));
  return [...terms];
}

function pairQuery(word: string): string {
  const around = besides.flatMap((beside) => [`${word}${beside}`, `${beside}${word}`]);
  return `(${[...new Set(around)].map((three) => quoted([...three], 0)).join(' OR ')})`;
}

function quoted(letters: readonly string[], from: number): string {
  return `"${letters
    .slice(from, from + 3)
    .join('')
    .replaceAll('"', '""')}"`;
}
