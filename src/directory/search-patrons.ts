import { setImmediate as letOthersWork } from 'node:timers/promises';
import { emailOf } from '../domain/contact/patron-email.ts';
import { fitsConditions, waysOf, type FindCondition, type FindWay } from '../domain/patron/find-condition.ts';
import type { PatronValues } from '../domain/patron/patron.ts';
import type { ListedPatron } from '../ports/patron-lookup.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { listEverybody } from './list-everybody.ts';
import { FoundPatrons } from './found-patrons.ts';

/** What to look for: words that must all be contained, somewhere or as the conditions say; none of both: everybody. */
export interface PatronQuery {
  /** In their search form. */
  readonly words: readonly string[];
  readonly conditions: readonly FindCondition[];
}

export interface FoundPage {
  readonly items: readonly { readonly patron: PatronValues; readonly email: string }[];
  /**
   * Everybody is counted, and what is found up to a cap. Above it the number says only that there are more: it always
   * lies beyond the page while any follow.
   */
  readonly total: number;
}

const digit = /\d/;

/** Patrons judged in one go. */
const judgedAtOnce = 500;

/**
 * A page of the patrons that fit, in the order in which they were made, so that pages neither repeat nor skip anybody
 * while others come and go (F10). Pages from 1; one past the end is empty.
 */
export async function searchPatrons(
  reader: TenantReader,
  query: PatronQuery,
  page: number,
  pageSize: number,
): Promise<FoundPage> {
  const start = (page - 1) * pageSize;
  if (query.words.length === 0 && query.conditions.length === 0) {
    const { patrons, total } = await listEverybody(reader, start, pageSize);
    return { items: patrons.map(withEmail), total };
  }
  const found = FoundPatrons.of(reader, JSON.stringify(query));
  const list = (afterId: number, limit: number) => listFitting(reader, query, afterId, limit);
  // Whoever's full name begins with the words contains them, and an index counts them sooner than they are found. What
  // has digits is hardly a name, and asked for in vain.
  const mayBeName = query.conditions.length === 0 && !query.words.some((word) => digit.test(word));
  const look = async (count: number) =>
    mayBeName
      ? reader.lookup.stampOfName(query.words.join(' '), count)
      : { stamp: await reader.lookup.searchStamp(), isOfMore: false };
  const { ids, total } = await found.page({ list, look }, start, pageSize);
  return { items: (await reader.lookup.listByIds(ids)).map(withEmail), total };
}

function withEmail({ patron, contacts }: ListedPatron): FoundPage['items'][number] {
  return { patron, email: emailOf(contacts) };
}

/** The ids of the next patrons after `afterId` that fit, in order. */
async function listFitting(
  reader: TenantReader,
  { words, conditions }: PatronQuery,
  afterId: number,
  limit: number,
): Promise<number[]> {
  if (conditions.length === 0) return reader.lookup.listContaining(words, { afterId, limit });
  const ways = waysOf(conditions);
  const judgesEmail = conditions.some(({ field }) => field === 'ALL' || field === 'email');
  const fitting: number[] = [];
  for (let after = afterId, isMore = true; isMore && fitting.length < limit;) {
    const candidates = await listByWays(reader, ways, after, judgedAtOnce);
    const patrons = await reader.patrons.findByIds(candidates);
    const contacts = judgesEmail ? await reader.contacts.mapByPatron(candidates) : undefined;
    for (const patron of patrons) {
      const email = emailOf(contacts?.get(patron.id) ?? []);
      if (fitsConditions(patron, email, conditions)) fitting.push(patron.id);
    }
    isMore = candidates.length === judgedAtOnce;
    after = candidates.at(-1) ?? after;
    await letOthersWork();
  }
  return fitting.slice(0, limit);
}

/** Of each way so many that none is missing before the last one given. */
async function listByWays(
  { lookup }: TenantReader,
  ways: readonly FindWay[],
  afterId: number,
  limit: number,
): Promise<number[]> {
  const ids = new Set<number>();
  for (const { words, roles } of ways) {
    if (roles?.length === 0) continue;
    for (const id of await lookup.listContaining(words, { roles, afterId, limit })) ids.add(id);
  }
  return [...ids].sort((a, b) => a - b).slice(0, limit);
}
