import { sql, type Expression, type SqlBool } from 'kysely';
import type { Candidates, SearchIndex } from '../stores/context.ts';
import type { Execute } from './kysely.ts';
import { anyDueText, forgetDue, listDue, PutOff } from './put-off.ts';
import type { Statement, WithSettings } from './local-query.ts';
import { nameOf } from './statement-names.ts';
import { narrowing } from './search-pieces.ts';
import {
  containing,
  everything,
  hasTrigrams,
  inAll,
  inIndex,
  inSlice,
  pairInIndex,
  sliceOf,
} from './search-settings.ts';
import { sampleSize, TextSample, type KeptSample } from './search-sample.ts';
import { chooseWay, isRarerThanThought, type SearchWay } from './search-way.ts';

/** Patrons that a transaction indexes itself; those of a larger one are put off. */
const indexedAtOnceMax = 2_000;

/**
 * pg_trgm over one text a patron, made from the stored records. Within a transaction it is only noted whom it has
 * touched; their texts are made anew before it commits, or before it searches itself. A transaction that touches
 * very many notes them for later (`put-off.ts`): they are searched by reading until then.
 */
export class TrigramSearch implements SearchIndex {
  readonly #execute: Execute;
  readonly #tenantId: number;
  readonly #sample: KeptSample;
  readonly #inTurn: InTurn;
  readonly #send: (statement: Statement) => Promise<unknown>;
  readonly #sendBehind: (statement: Statement) => Promise<unknown>;
  readonly #touched = new Set<number>();
  #putOff: PutOff | undefined;
  #hasIndexed = false;

  constructor(
    execute: Execute,
    tenantId: number,
    sample: KeptSample,
    { inTurn = (work) => work(execute), send = execute, sendBehind = execute }: SearchWays = {},
  ) {
    this.#execute = execute;
    this.#inTurn = inTurn;
    this.#send = send;
    this.#sendBehind = sendBehind;
    this.#tenantId = tenantId;
    this.#sample = sample;
  }

  async touched(patronIds: readonly number[]): Promise<void> {
    if (this.#putOff !== undefined) {
      this.#putOff.add(patronIds);
      return;
    }
    for (const id of patronIds) this.#touched.add(id);
    if (this.#touched.size <= indexedAtOnceMax) return;
    this.#putOff = await PutOff.open(this.#execute, this.#send, this.#tenantId);
    await this.flush();
  }

  /** Whether texts were made anew with what they belong to, and not after it. */
  get hasIndexed(): boolean {
    return this.#hasIndexed;
  }

  /** Writes out what waits; called before a transaction is committed. */
  async flush(): Promise<void> {
    const ids = [...this.#touched];
    this.#touched.clear();
    if (this.#putOff !== undefined) {
      this.#putOff.add(ids);
      await this.#putOff.flush();
    } else if (ids.length > 0) {
      await this.#sendBehind(this.#indexing(ids));
      this.#hasIndexed = true;
    }
  }

  /** Indexes up to `limit` patrons that were put off, within the running transaction; gives how many. */
  async catchUp(limit: number): Promise<number> {
    const due = await listDue(this.#execute, this.#tenantId, limit);
    if (due.ids.length === 0) return 0;
    await this.#execute(this.#indexing(due.ids));
    await forgetDue(this.#execute, this.#tenantId, due);
    return due.ids.length;
  }

  async contains(words: readonly string[]): Promise<Expression<SqlBool>> {
    await this.flush();
    const [{ asked, narrow }, { rows }] = await Promise.all([
      this.#chooseWay(words),
      this.#execute({ sql: behindText, parameters: [this.#tenantId], name: nameOf(behindText) }),
    ]);
    const [{ behind }] = rows as [{ behind: boolean }];
    const among = (text: Expression<string>) => sql.join(conditions(words, asked, narrow, text), sql` and `);
    /** Those that wait, by what is stored of them. */
    const waiting = (table: Expression<unknown>, isNoted: Expression<unknown>) => sql`
        select written.id from ${table} as noted
        join patron as written on written.tenant_id = noted.tenant_id and ${isNoted}
        left join contact_list on contact_list.tenant_id = written.tenant_id and contact_list.patron_id = written.id
        where noted.tenant_id = ${this.#tenantId} and ${among(writtenText)}`;
    if (behind) {
      return sql<SqlBool>`patron.id in (
        select found.patron_id from patron_search as found
        where found.tenant_id = ${this.#tenantId} and ${among(sql`found.text`)}
        and not exists (select from search_pending as pending
          where pending.tenant_id = ${this.#tenantId} and pending.patron_id = found.patron_id)
        and not exists (select from search_pending_range as range
          where range.tenant_id = ${this.#tenantId} and found.patron_id between range.first_id and range.last_id)
        union all ${waiting(sql`search_pending`, sql`written.id = noted.patron_id`)}
        union all ${waiting(sql`search_pending_range`, sql`written.id between noted.first_id and noted.last_id`)})`;
    }
    return sql<SqlBool>`exists (
      select from patron_search as found
      where found.tenant_id = patron.tenant_id and found.patron_id = patron.id and ${among(sql`found.text`)})`;
  }

  /** Those whom the index has found, all of which fit. Undefined where texts are read in order, or some not indexed. */
  async candidates(
    words: readonly string[],
    afterId: number,
    limit: number,
  ): Promise<Candidates | undefined> {
    await this.flush();
    const { by, asked, narrow, everybody } = await this.#chooseWay(words, limit);
    if (by === 'reading') return undefined;
    const [first] = asked;
    const others = words.filter((word) => word !== first).map(containing);
    const text = foundText(others.length);
    const name = others.length <= othersKept ? nameOf(text) : undefined;
    return this.#inTurn(async (execute) => {
      const ids: number[] = [];
      let inSlices = by === 'slices';
      for (let slice = sliceOf(afterId), isMore = true; isMore; slice++) {
        const wanted = limit - ids.length;
        const pattern = inSlices
          ? inSlice(first!, narrow, this.#tenantId, slice)
          : inWholeIndex(first!, narrow);
        const parameters = [this.#tenantId, ids.at(-1) ?? afterId, wanted, pattern, ...others];
        const { rows } = await execute({ sql: text, parameters, name });
        const [found] = rows as [Found];
        if (found.behind) return undefined;
        // Whose text has what stands for nobody is let through with every slice.
        const fitting = inSlices ? found.ids.filter((id) => sliceOf(id) === slice) : found.ids;
        ids.push(...fitting);
        const slicesLeft = sliceOf(found.last) - slice;
        isMore = inSlices && ids.length < limit && slicesLeft > 0;
        if (asked.length > 1 && isRarerThanThought(fitting.length, wanted, slicesLeft, everybody)) {
          inSlices = false;
        }
      }
      return { ids };
    });
  }

  /** Chooses the way by a sample. */
  async #chooseWay(words: readonly string[], limit?: number): Promise<Outlook> {
    const sample = await this.#sample.take(() => this.#readSample());
    const counted = sample.count(words);
    const way = chooseWay(words, counted, limit);
    const narrow = way.asked.map((word) =>
      narrowing(word, counted.counts[words.indexOf(word)]! / sampleSize, (trigram) =>
        sample.shareOf(trigram),
      ),
    );
    return { ...way, narrow, everybody: counted.everybody };
  }

  async #readSample(): Promise<TextSample> {
    const { rows } = await this.#execute({ sql: sampleText, parameters: [this.#tenantId, everything] });
    const [row] = rows as { texts: string[] | null; last: number | null; everybody: number }[];
    return new TextSample(row!.texts ?? [], row!.last ?? 0, row!.everybody);
  }

  #indexing(ids: readonly number[]): Statement {
    return { sql: indexText, parameters: [this.#tenantId, ids, everything], name: nameOf(indexText) };
  }
}

/** Does the statements of one search, which wait for nobody once the first of them had its turn. */
export type InTurn = <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;

/** How it asks, where not by one statement after the other. */
interface SearchWays {
  readonly inTurn?: InTurn | undefined;
  /** Does a write of which nothing is to be known. */
  readonly send?: (statement: Statement) => Promise<unknown>;
  /** The same for one that reads what was written before. */
  readonly sendBehind?: (statement: Statement) => Promise<unknown>;
}

/** What is known before a search. */
interface Outlook extends SearchWay {
  /** The patterns by which the index is asked for each of the words. */
  readonly narrow: readonly string[];
  /** About how many texts there are of all tenants. */
  readonly everybody: number;
}

/** What was found, and how it stood just then. */
interface Found {
  readonly ids: readonly number[];
  /** Whether any wait to be indexed, so that none were looked for. */
  readonly behind: boolean;
  /** The last of all patrons. */
  readonly last: number;
}

function inWholeIndex(word: string, narrow: readonly string[]): WithSettings {
  return hasTrigrams(word) ? inIndex(word, narrow) : pairInIndex(word);
}

/** That a text contains the words: those the index is asked for, and the others beside them. */
function conditions(
  words: readonly string[],
  [asked]: readonly string[],
  narrow: readonly string[],
  text: Expression<string>,
): Expression<unknown>[] {
  const first = asked ?? words[0]!;
  const others = words.filter((word) => word !== first);
  // The planner takes a LIKE for rare and would sort all that it finds.
  const decisive =
    asked === undefined
      ? sql`strpos(${text}, ${inAll(first)}) > 0`
      : sql`${text} like ${inWholeIndex(first, narrow)}`;
  return [decisive, ...others.map((word) => sql`${text} like ${containing(word)}`)];
}

const writtenText = sql<string>`(written.search_text || chr(10) || coalesce(contact_list.own_emails, ''))`;

/**
 * The size of the sample is hidden from the planner: knowing it, and with no statistics of new texts, it takes them for
 * fewer and sorts them all.
 */
const sampleText = `
  select array(select text from patron_search where tenant_id = $1 and $2::text is not null
      order by patron_id limit (select ${sampleSize})) as texts,
    (select patron_id from patron_search where tenant_id = $1 order by patron_id desc limit 1) as last,
    (select greatest(reltuples, 0)::float8 from pg_class where oid = 'patron_search'::regclass) as everybody`;
const behindText = `select ${anyDueText} as behind`;

/** With so many words beside those that are asked for the finding statement is kept prepared: hardly anybody has more. */
const othersKept = 3;

/**
 * All that are found first, and those wanted of them then: the planner would rather read in order until it has some.
 * How it stands is told in the same breath, which costs less than to ask for it before.
 */
function foundText(others: number): string {
  const more = Array.from({ length: others }, (_, index) => ` and found.text like $${index + 5}`).join('');
  return `
  with state as materialized (
    select ${anyDueText} as behind,
      coalesce((select id from patron where tenant_id = $1 order by id desc limit 1), 0) as last),
  matching as materialized (
    select found.patron_id from patron_search as found
    where found.tenant_id = $1 and not (select behind from state) and found.text like $4${more})
  select behind, last,
    to_json(array(select patron_id from matching where patron_id > $2 order by patron_id limit $3)) as ids
  from state`;
}

const indexText = `
  with gone as (
    delete from patron_search
    where tenant_id = $1 and patron_id = any ($2::bigint[]) and $3::text is not null
      and not exists (select from patron where patron.tenant_id = $1 and patron.id = patron_search.patron_id))
  insert into patron_search (tenant_id, patron_id, text)
  select written.tenant_id, written.id, written.search_text || chr(10) || coalesce(contact_list.own_emails, '')
  from patron as written
  left join contact_list on contact_list.tenant_id = written.tenant_id and contact_list.patron_id = written.id
  where written.tenant_id = $1 and written.id = any ($2::bigint[])
  on conflict (tenant_id, patron_id) do update set text = excluded.text
  where patron_search.text is distinct from excluded.text`;
