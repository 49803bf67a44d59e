import { sql, type Expression, type SqlBool } from 'kysely';
import type { Candidates, SearchIndex } from '../stores/context.ts';
import type { Execute } from './kysely.ts';
import type { WithSettings } from './local-query.ts';
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
import { chooseWay, type SearchWay } from './search-way.ts';

/** Patrons that a transaction indexes itself; those of a larger one are put off. */
const indexedAtOnceMax = 2_000;

/**
 * pg_trgm over one text a patron, made from the stored records. Within a transaction it is only noted whom it has
 * touched; their texts are made anew before it commits, or before it searches itself. A transaction that touches
 * very many notes them in `search_pending` for later: they are searched by reading until then.
 */
export class TrigramSearch implements SearchIndex {
  readonly #execute: Execute;
  readonly #tenantId: number;
  readonly #sample: KeptSample;
  readonly #inTurn: InTurn;
  readonly #touched = new Set<number>();
  #putOff = false;

  constructor(
    execute: Execute,
    tenantId: number,
    sample: KeptSample,
    inTurn: InTurn = (work) => work(execute),
  ) {
    this.#execute = execute;
    this.#inTurn = inTurn;
    this.#tenantId = tenantId;
    this.#sample = sample;
  }

  async touched(patronIds: readonly number[]): Promise<void> {
    for (const id of patronIds) this.#touched.add(id);
    if (this.#touched.size <= indexedAtOnceMax) return;
    this.#putOff = true;
    await this.flush();
  }

  /** Writes out what waits; called before a transaction is committed. */
  async flush(): Promise<void> {
    if (this.#touched.size === 0) return;
    const ids = [...this.#touched];
    this.#touched.clear();
    if (this.#putOff) await this.#execute({ sql: putOffText, parameters: [this.#tenantId, ids] });
    else await this.#index(ids);
  }

  /** Indexes up to `limit` patrons that were put off, within the running transaction; gives how many. */
  async catchUp(limit: number): Promise<number> {
    const { rows } = await this.#execute({ sql: pendingText, parameters: [this.#tenantId, limit] });
    const ids = (rows as { patron_id: number }[]).map(({ patron_id }) => patron_id);
    if (ids.length === 0) return 0;
    await this.#index(ids);
    await this.#execute({ sql: caughtUpText, parameters: [this.#tenantId, ids] });
    return ids.length;
  }

  async contains(words: readonly string[]): Promise<Expression<SqlBool>> {
    await this.flush();
    const { isBehind, asked, narrow } = await this.#lookAhead(words);
    const among = (text: Expression<string>) => sql.join(conditions(words, asked, narrow, text), sql` and `);
    if (isBehind) {
      return sql<SqlBool>`patron.id in (
        select found.patron_id from patron_search as found
        where found.tenant_id = ${this.#tenantId} and ${among(sql`found.text`)}
        and not exists (select from search_pending as pending
          where pending.tenant_id = ${this.#tenantId} and pending.patron_id = found.patron_id)
        union all
        select written.id from search_pending as pending
        join patron as written on written.tenant_id = pending.tenant_id and written.id = pending.patron_id
        left join contact_list on contact_list.tenant_id = written.tenant_id and contact_list.patron_id = written.id
        where pending.tenant_id = ${this.#tenantId} and ${among(writtenText)})`;
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
    const { isBehind, by, asked, narrow, last } = await this.#lookAhead(words, limit);
    if (isBehind || by === 'reading') return undefined;
    const [first] = asked;
    const others = words.filter((word) => word !== first).map(containing);
    return this.#inTurn(async (execute) => {
      const find = async (pattern: WithSettings, wanted: number) => {
        const text = foundText(others.length);
        const parameters = [this.#tenantId, afterId, wanted, pattern, ...others];
        const { rows } = await execute({ sql: text, parameters });
        return (rows as { id: number }[]).map(({ id }) => id);
      };
      if (by === 'index') return { ids: await find(inWholeIndex(first!, narrow), limit) };
      const ids: number[] = [];
      for (let slice = sliceOf(afterId); slice <= sliceOf(last) && ids.length < limit; slice++) {
        ids.push(...(await find(inSlice(first!, narrow, this.#tenantId, slice), limit - ids.length)));
      }
      return { ids };
    });
  }

  /** Chooses the way by a sample, and looks whether anything waits to be indexed, and who is the last patron. */
  async #lookAhead(words: readonly string[], limit?: number): Promise<Outlook> {
    const [sample, { rows }] = await Promise.all([
      this.#sample.take(() => this.#readSample()),
      this.#execute({ sql: behindText, parameters: [this.#tenantId], name: nameOf(behindText) }),
    ]);
    const counted = sample.count(words);
    const way = chooseWay(words, counted, limit);
    const narrow = way.asked.map((word) =>
      narrowing(word, counted.counts[words.indexOf(word)]! / sampleSize, (trigram) =>
        sample.shareOf(trigram),
      ),
    );
    const [{ behind, last }] = rows as [{ behind: boolean; last: number | null }];
    return { ...way, narrow, isBehind: behind, last: last ?? 0 };
  }

  async #readSample(): Promise<TextSample> {
    const { rows } = await this.#execute({ sql: sampleText, parameters: [this.#tenantId, everything] });
    const [row] = rows as { texts: string[] | null; last: number | null; everybody: number }[];
    return new TextSample(row!.texts ?? [], row!.last ?? 0, row!.everybody);
  }

  async #index(ids: readonly number[]): Promise<void> {
    const parameters = [this.#tenantId, ids, everything];
    await this.#execute({ sql: indexText, parameters, name: nameOf(indexText) });
  }
}

/** Does the statements of one search, which wait for nobody once the first of them had its turn. */
export type InTurn = <T>(work: (execute: Execute) => Promise<T>) => Promise<T>;

/** What is known before a search. */
interface Outlook extends SearchWay {
  /** The patterns by which the index is asked for each of the words. */
  readonly narrow: readonly string[];
  readonly isBehind: boolean;
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
const behindText = `
  select exists (select from search_pending where tenant_id = $1) as behind,
    (select id from patron where tenant_id = $1 order by id desc limit 1) as last`;

/** All that are found first, and those wanted of them then: the planner would rather read in order until it has some. */
function foundText(others: number): string {
  const more = Array.from({ length: others }, (_, index) => ` and found.text like $${index + 5}`).join('');
  return `
  with matching as materialized (
    select found.patron_id from patron_search as found
    where found.tenant_id = $1 and found.text like $4${more})
  select patron_id as id from matching where patron_id > $2 order by patron_id limit $3`;
}

const putOffText = `
  insert into search_pending (tenant_id, patron_id) select $1, unnest($2::bigint[]) on conflict do nothing`;
const pendingText = `select patron_id from search_pending where tenant_id = $1 order by patron_id limit $2`;
const caughtUpText = `delete from search_pending where tenant_id = $1 and patron_id = any ($2::bigint[])`;
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
