import { sql, type Expression, type SqlBool } from 'kysely';
import type { SearchIndex } from '../stores/context.ts';
import type { Execute } from './kysely.ts';
import { nameOf } from './statement-names.ts';
import { containing, everything, inAll, inIndex } from './search-settings.ts';
import { countIn, sampleSize, type KeptSample, type TextSample } from './search-sample.ts';
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
  readonly #touched = new Set<number>();
  #putOff = false;

  constructor(execute: Execute, tenantId: number, sample: KeptSample) {
    this.#execute = execute;
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
    const { isBehind, asked } = await this.#lookAhead(words);
    const among = (text: Expression<string>) => sql.join(conditions(words, asked, text), sql` and `);
    const found = sql`select found.patron_id from patron_search as found
      where found.tenant_id = ${this.#tenantId} and ${among(sql`found.text`)}`;
    if (isBehind) {
      return sql<SqlBool>`patron.id in (
        ${found} and not exists (select from search_pending as pending
          where pending.tenant_id = ${this.#tenantId} and pending.patron_id = found.patron_id)
        union all
        select written.id from search_pending as pending
        join patron as written on written.tenant_id = pending.tenant_id and written.id = pending.patron_id
        left join contact_list on contact_list.tenant_id = written.tenant_id and contact_list.patron_id = written.id
        where pending.tenant_id = ${this.#tenantId} and ${among(writtenText)})`;
    }
    // As an array, so that what the index has found is looked up, whatever order is wanted of it.
    if (asked.length > 0) return sql<SqlBool>`patron.id = any (array(${found}))`;
    return sql<SqlBool>`exists (
      select from patron_search as found
      where found.tenant_id = patron.tenant_id and found.patron_id = patron.id and ${among(sql`found.text`)})`;
  }

  /** The planner finds the way by what `contains` tells it. */
  candidates(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Chooses the way by a sample, and looks whether anything waits to be indexed. */
  async #lookAhead(words: readonly string[]): Promise<SearchWay & { isBehind: boolean }> {
    const [sample, { rows }] = await Promise.all([
      this.#sample.take(() => this.#readSample()),
      this.#execute({ sql: behindText, parameters: [this.#tenantId], name: nameOf(behindText) }),
    ]);
    return { ...chooseWay(words, countIn(sample, words)), isBehind: rows.length > 0 };
  }

  async #readSample(): Promise<TextSample> {
    const { rows } = await this.#execute({ sql: sampleText, parameters: [this.#tenantId, everything] });
    const [row] = rows as { texts: string[] | null; last: number | null }[];
    return { texts: row!.texts ?? [], last: row!.last ?? 0 };
  }

  async #index(ids: readonly number[]): Promise<void> {
    const parameters = [this.#tenantId, ids, everything];
    await this.#execute({ sql: indexText, parameters, name: nameOf(indexText) });
  }
}

/** That a text contains the words: those the index is asked for, and the others beside them. */
function conditions(
  words: readonly string[],
  [asked, andAsked]: readonly string[],
  text: Expression<string>,
): Expression<unknown>[] {
  const first = asked ?? words[0]!;
  const others = words.filter((word) => word !== first);
  // The planner takes a LIKE for rare and would sort all that it finds.
  const decisive =
    asked === undefined
      ? sql`strpos(${text}, ${inAll(first)}) > 0`
      : sql`${text} like ${inIndex(first, andAsked)}`;
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
    (select patron_id from patron_search where tenant_id = $1 order by patron_id desc limit 1) as last`;
const behindText = `select patron_id from search_pending where tenant_id = $1 order by patron_id limit 1`;
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
