import { sql } from 'kysely';
import { fullName } from '../../domain/patron/identity.ts';
import { foldForSearch, foldKey } from '../../domain/text/fold.ts';
import type { ContainingFilter, PatronLookup } from '../../ports/patron-lookup.ts';
import type { StoredPatron } from '../../ports/patrons.ts';
import { patronRoleCode } from '../schema/codes.ts';
import type { StoreContext } from './context.ts';
import { idsPerBlock, patronOf } from './patron-store.ts';

/** Patrons of one name read in one go. */
const namesakesAtOnce = 100;

/** Candidates looked at in one go, where an index tells them. */
const candidatesMin = 200;

export class PatronLookupStore implements PatronLookup {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async listByEmail(email: string, limit: number): Promise<StoredPatron[]> {
    const key = foldForSearch(email);
    if (key === '') return [];
    const rows = await this.#context.db
      .selectFrom('contact_list')
      .crossJoin('patron')
      .selectAll('patron')
      .where('contact_list.tenant_id', '=', this.#context.tenantId)
      .where('contact_list.email_key', '=', key)
      .where('patron.tenant_id', '=', this.#context.tenantId)
      .whereRef('patron.id', '=', 'contact_list.patron_id')
      .orderBy('contact_list.patron_id')
      .limit(limit)
      .execute();
    return rows.map(patronOf);
  }

  /** The index knows names in their search form; those that differ in more than case are left out here. */
  async listByFullName(name: string, limit: number): Promise<StoredPatron[]> {
    const wanted = foldName(name);
    const key = foldForSearch(name);
    const found: StoredPatron[] = [];
    if (key === '') return found;
    for (let after = 0, isMore = true; isMore && found.length < limit;) {
      const rows = await this.#all()
        .where('patron.name_key', '=', key)
        .where('patron.id', '>', after)
        .orderBy('patron.id')
        .limit(namesakesAtOnce)
        .execute();
      found.push(...rows.map(patronOf).filter((patron) => foldName(fullName(patron)) === wanted));
      after = rows.at(-1)?.id ?? 0;
      isMore = rows.length === namesakesAtOnce;
    }
    return found.slice(0, limit);
  }

  async listContaining(
    words: readonly string[],
    { roles, afterId, limit }: ContainingFilter,
  ): Promise<number[]> {
    const { db, tenantId, tools } = this.#context;
    const { search, wantedIds } = tools;
    const codes = roles?.map((role) => patronRoleCode.toNumber(role));
    const found: number[] = [];
    for (let after = afterId, isMore = true; isMore && found.length < limit;) {
      const wanted = limit - found.length;
      const asked = Math.max(wanted, candidatesMin);
      const candidates = words.length === 0 ? undefined : await search.candidates(words, after, asked);
      let query = this.#everybody().select('patron.id').where('patron.id', '>', after);
      if (candidates) {
        query = db
          .selectFrom(wantedIds(candidates.ids))
          .crossJoin('patron')
          .select('patron.id')
          .where('patron.tenant_id', '=', tenantId)
          .whereRef('patron.id', '=', 'wanted.value')
          .where(candidates.fit);
      } else if (words.length > 0) query = query.where(await search.contains(words));
      if (codes) query = query.where('patron.role', 'in', codes);
      const rows = await query.orderBy('patron.id').limit(wanted).execute();
      for (const { id } of rows) found.push(id);
      isMore = candidates !== undefined && candidates.ids.length === asked;
      after = candidates?.ids.at(-1) ?? after;
    }
    return found;
  }

  async listFrom(offset: number, limit: number): Promise<StoredPatron[]> {
    const blocks = this.#context.db
      .selectFrom('patron_block')
      .select(['block', 'patrons', sql<number>`sum(patrons) over (order by block)`.as('upto')])
      .where('tenant_id', '=', this.#context.tenantId);
    const first = await this.#context.db
      .selectFrom(blocks.as('counted'))
      .select(['block', 'patrons', 'upto'])
      .where('upto', '>', offset)
      .orderBy('block')
      .limit(1)
      .executeTakeFirst();
    if (first === undefined) return [];
    const rows = await this.#all()
      .where('patron.id', '>=', first.block * idsPerBlock)
      .orderBy('patron.id')
      .limit(limit)
      .offset(offset - (Number(first.upto) - first.patrons))
      .execute();
    return rows.map(patronOf);
  }

  async searchStamp(): Promise<number> {
    const row = await this.#context.db
      .selectFrom('id_sequence')
      .select(sql<number>`coalesce(sum(next_id), 0)`.as('stamp'))
      .where('tenant_id', '=', this.#context.tenantId)
      .where('name', 'in', ['patron', 'contact', 'change'])
      .executeTakeFirstOrThrow();
    return Number(row.stamp);
  }

  #all() {
    return this.#everybody().selectAll('patron');
  }

  #everybody() {
    return this.#context.db.selectFrom('patron').where('patron.tenant_id', '=', this.#context.tenantId);
  }
}

/** A full name as F12 compares it. */
function foldName(name: string): string {
  return foldKey(name.replace(/\s+/gu, ' '));
}
