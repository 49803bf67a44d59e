import { IdSet, type IdRange } from './id-set.ts';
import type { Execute } from './kysely.ts';
import type { Statement } from './local-query.ts';
import { packArray } from './staging.ts';

/** So many single ones go in one statement. */
const notedAtOnce = 5_000;
/** So many that follow one another are noted as a range. Scattered ones would be as many ranges, to be gone through. */
const rangeFrom = 64;

type Send = (statement: Statement) => Promise<unknown>;

/**
 * Notes, for one transaction, the patrons that are to be indexed later. What is noted is written here alone (and taken
 * off by `forgetDue`), by whoever holds the lock of the tenant, so what was read once is known until the end.
 */
export class PutOff {
  readonly #send: Send;
  readonly #tenantId: number;
  /** In a range from before, or told of here. */
  readonly #noted = new IdSet();
  #waiting = new IdSet();

  private constructor(send: Send, tenantId: number, before: readonly IdRange[]) {
    this.#send = send;
    this.#tenantId = tenantId;
    for (const range of before) this.#noted.addRange(range);
  }

  static async open(execute: Execute, send: Send, tenantId: number): Promise<PutOff> {
    return new PutOff(send, tenantId, await listRanges(execute, tenantId));
  }

  add(ids: readonly number[]): void {
    for (const id of ids) if (this.#noted.add(id)) this.#waiting.add(id);
  }

  /** Writes down those that were told of since. */
  async flush(): Promise<void> {
    const ranges: IdRange[] = [];
    const others: number[] = [];
    for (const range of this.#waiting.ranges()) {
      const [first, last] = range;
      if (last - first + 1 >= rangeFrom) ranges.push(range);
      else for (let id = first; id <= last; id++) others.push(id);
    }
    this.#waiting = new IdSet();
    if (ranges.length > 0) {
      const ends = [0, 1].map((end) => packArray('bigint', ranges.length, (place) => ranges[place]![end]!));
      await this.#send({ sql: forgetWithinText, parameters: [this.#tenantId, ...ends] });
      await this.#send({ sql: noteRangesText, parameters: [this.#tenantId, ...ends] });
    }
    for (let at = 0; at < others.length; at += notedAtOnce) {
      const some = others.slice(at, at + notedAtOnce);
      const packed = packArray('bigint', some.length, (place) => some[place]!);
      await this.#send({ sql: noteText, parameters: [this.#tenantId, packed] });
    }
  }
}

/** Up to `limit` of those that are noted, and the end of what was taken of ranges; -1 where nothing was. */
export interface Due {
  readonly ids: readonly number[];
  readonly rangesTo: number;
}

/** Who is to be indexed next. */
export async function listDue(execute: Execute, tenantId: number, limit: number): Promise<Due> {
  const { rows } = await execute({ sql: singlesText, parameters: [tenantId, limit] });
  const ids = (rows as { patron_id: number }[]).map(({ patron_id }) => patron_id);
  let rangesTo = -1;
  if (ids.length < limit) {
    for (const [first, last] of await listRanges(execute, tenantId, limit - ids.length)) {
      for (let id = first; id <= last && ids.length < limit; id++) ids.push((rangesTo = id));
    }
  }
  return { ids, rangesTo };
}

/** They are indexed. */
export async function forgetDue(execute: Execute, tenantId: number, { ids, rangesTo }: Due): Promise<void> {
  await execute({ sql: forgetText, parameters: [tenantId, ids] });
  if (rangesTo < 0) return;
  await execute({ sql: forgetRangesText, parameters: [tenantId, rangesTo] });
  await execute({ sql: shortenRangeText, parameters: [tenantId, rangesTo] });
}

/** The first ranges, in order. */
async function listRanges(execute: Execute, tenantId: number, limit?: number): Promise<IdRange[]> {
  const { rows } = await execute({ sql: rangesText, parameters: [tenantId, limit ?? null] });
  return (rows as { first_id: number; last_id: number }[]).map(({ first_id, last_id }) => [
    first_id,
    last_id,
  ]);
}

/** Nobody else writes it meanwhile: ON CONFLICT, which is safe from others, takes twice as long. */
const noteText = `
  insert into search_pending (tenant_id, patron_id)
  select $1, touched.id from unnest((select $2::bigint[])) as touched (id)
  where not exists (select from search_pending as noted where noted.tenant_id = $1 and noted.patron_id = touched.id)`;
/** Nobody waits twice. */
const forgetWithinText = `
  delete from search_pending as noted using unnest($2::bigint[], $3::bigint[]) as range (first_id, last_id)
  where noted.tenant_id = $1 and noted.patron_id between range.first_id and range.last_id`;
const noteRangesText = `
  insert into search_pending_range (tenant_id, first_id, last_id)
  select $1, unnest($2::bigint[]), unnest($3::bigint[])`;
const singlesText = `select patron_id from search_pending where tenant_id = $1 order by patron_id limit $2`;
const rangesText = `
  select first_id, last_id from search_pending_range where tenant_id = $1 order by first_id limit $2::bigint`;
const forgetText = `delete from search_pending where tenant_id = $1 and patron_id = any ($2::bigint[])`;
const forgetRangesText = `delete from search_pending_range where tenant_id = $1 and last_id <= $2::bigint`;
/** Those that end before are gone, so there is but one that it can be. */
const shortenRangeText = `
  update search_pending_range set first_id = $2::bigint + 1 where tenant_id = $1 and first_id <= $2::bigint`;

/** Whether anybody of the tenant `$1` waits to be indexed. */
export const anyDueText = `
  (exists (select from search_pending where tenant_id = $1)
    or exists (select from search_pending_range where tenant_id = $1))`;
