import { sql, type Expression, type SqlBool } from 'kysely';
import type { SearchDocument, SearchIndex } from '../stores/context.ts';
import type { Execute } from './kysely.ts';
import { LocalSetting } from './local-query.ts';

/** Patrons that a transaction indexes itself; those of a larger one are put off. */
const indexedAtOnceMax = 2_000;

/** The setting that the policy of `patron_search` reads; empty means everything of the tenant. */
const searchSetting = 'muster.search';

/** What stands there is seen through the setting only, which an earlier search may have left narrower. */
const everything = new LocalSetting(searchSetting, '');

/** Of so many patrons it is counted how many a word finds; from so many on it is common. */
const sampleSize = 2_000;
const commonInSample = 50;

/**
 * pg_trgm over one text a patron, made from the stored records. Within a transaction it is only noted whom it has
 * touched; their texts are made anew before it commits, or before it searches itself. A transaction that touches
 * very many notes them in `search_pending` for later: they are searched by reading until then.
 */
export class TrigramSearch implements SearchIndex {
  readonly #execute: Execute;
  readonly #tenantId: number;
  readonly #touched = new Set<number>();
  #putOff = false;

  constructor(execute: Execute, tenantId: number) {
    this.#execute = execute;
    this.#tenantId = tenantId;
  }

  patronsInserted(documents: readonly SearchDocument[]): Promise<void> {
    return this.#touch(documents.map(({ id }) => id));
  }

  patronsChanged(documents: readonly SearchDocument[]): Promise<void> {
    return this.#touch(documents.map(({ id }) => id));
  }

  patronsRemoved(ids: readonly number[]): Promise<void> {
    return this.#touch(ids);
  }

  emailsInserted(documents: readonly SearchDocument[]): Promise<void> {
    return this.#touch(documents.map(({ id }) => id));
  }

  emailsRemoved(patronIds: readonly number[]): Promise<void> {
    return this.#touch(patronIds);
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
    const { isBehind, rarest, isCommon } = await this.#lookAhead(words);
    const among = (text: Expression<string>) =>
      sql.join(
        words.map((word, index) => {
          const pattern = containing(word);
          if (index !== rarest) return sql`${text} like ${pattern}`;
          if (!isCommon) return sql`${text} like ${new LocalSetting(searchSetting, pattern)}`;
          // The planner takes a LIKE for rare and would sort all that it finds.
          return sql`strpos(${text}, ${new LocalSetting(searchSetting, word, '')}) > 0`;
        }),
        sql` and `,
      );
    if (!isBehind) {
      return sql<SqlBool>`exists (
        select from patron_search as found
        where found.tenant_id = patron.tenant_id and found.patron_id = patron.id and ${among(sql`found.text`)})`;
    }
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

  /** The planner finds the way by what `contains` tells it. */
  candidates(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * Chooses by a sample whether the index is asked, and for which word, since the planner cannot: under row-level
   * security it has no statistics of LIKE. What many contain is found sooner by reading on until the page is full.
   */
  async #lookAhead(
    words: readonly string[],
  ): Promise<{ isBehind: boolean; rarest: number; isCommon: boolean }> {
    const patterns = words.map(containing);
    const counts = patterns.map((_, index) => `count(*) filter (where text like $${index + 3})`);
    const { rows } = await this.#execute({
      sql: `select array[${counts.join(', ')}]::int[] as counts,
          exists (select from search_pending where tenant_id = $1) as behind
        from (select text from patron_search where tenant_id = $1 and $2::text is not null
          order by patron_id limit ${sampleSize}) as sample`,
      parameters: [this.#tenantId, everything, ...patterns],
    });
    const [sample] = rows as { counts: number[]; behind: boolean }[];
    const rareness = (index: number) =>
      [...words[index]!].length < 3 ? sampleSize : sample!.counts[index]! - words[index]!.length / 1000;
    const rarest = words.reduce((best, _, index) => (rareness(index) < rareness(best) ? index : best), 0);
    return { isBehind: sample!.behind, rarest, isCommon: rareness(rarest) >= commonInSample };
  }

  async #touch(ids: readonly number[]): Promise<void> {
    for (const id of ids) this.#touched.add(id);
    if (this.#touched.size <= indexedAtOnceMax) return;
    this.#putOff = true;
    await this.flush();
  }

  async #index(ids: readonly number[]): Promise<void> {
    await this.#execute({ sql: indexText, parameters: [this.#tenantId, ids, everything] });
  }
}

/** LIKE's pattern for a word anywhere in a text. */
function containing(word: string): string {
  return `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

const writtenText = sql<string>`(written.search_text || chr(10) || coalesce(contact_list.own_emails, ''))`;

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
