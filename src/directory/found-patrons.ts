import { setImmediate as letOthersWork } from 'node:timers/promises';
import type { TenantReader } from '../ports/tenant-store.ts';

/** Up to so many are found and counted at once. */
const countedMax = 1_000;
const searchesKept = 100;
const positionsKept = 1_000;

/** A search of patrons, as far as it must be known to go through what it finds page by page. */
export interface PagedSearch {
  /** The ids of the next patrons after `afterId` that a search finds, in order. */
  readonly list: (afterId: number, limit: number) => Promise<number[]>;
  /** The stamp of now, and true where it is known, without looking for them, that it finds more than `count`. */
  readonly look: (count: number) => Promise<{ stamp: number; isOfMore: boolean }>;
}

/** What is known of a search for as long as nothing has changed: the first ids, none where it is known to find more. */
interface Known {
  readonly stamp: number;
  readonly ids: readonly number[];
  readonly isAll: boolean;
}

const searches = new WeakMap<TenantReader, Map<string, FoundPatrons>>();

/**
 * What a search has found lately, for those who go through it page by page: the first ids, for as long as nothing has
 * changed that could make them others, and behind them the places where pages began. A place is an id and stays right
 * whatever comes and goes, so that a deep page costs no more than the first.
 */
export class FoundPatrons {
  readonly #reader: TenantReader;
  #first: Known | undefined;
  /** Place → the id before it. */
  readonly #positions = new Map<number, number>();

  private constructor(reader: TenantReader) {
    this.#reader = reader;
  }

  /** Of a reader's searches the latest are remembered. */
  static of(reader: TenantReader, search: string): FoundPatrons {
    let known = searches.get(reader);
    if (known === undefined) searches.set(reader, (known = new Map()));
    const found = known.get(search) ?? new FoundPatrons(reader);
    known.delete(search);
    known.set(search, found);
    if (known.size > searchesKept) known.delete(known.keys().next().value!);
    return found;
  }

  /** The ids of a page, and how many there are in all as `FoundPage` tells it. */
  async page(
    search: PagedSearch,
    start: number,
    size: number,
  ): Promise<{ ids: readonly number[]; total: number }> {
    const { ids, isAll } = await this.#known(search);
    if (isAll || start + size < ids.length) return { ids: ids.slice(start, start + size), total: ids.length };
    return this.#deepPage(search, ids, start, size);
  }

  async #known({ list, look }: PagedSearch): Promise<Known> {
    const first = this.#first;
    if (first !== undefined && first.stamp === (await this.#reader.lookup.searchStamp())) return first;
    // Before they are read: what changes meanwhile makes them be read again.
    const { stamp, isOfMore } = await look(countedMax);
    const ids = isOfMore ? undefined : await list(0, countedMax + 1);
    const isAll = ids !== undefined && ids.length <= countedMax;
    return (this.#first = { stamp, ids: ids ?? [], isAll });
  }

  async #deepPage({ list }: PagedSearch, first: readonly number[], start: number, size: number) {
    let place = Math.min(first.length, countedMax);
    let afterId = first[place - 1] ?? 0;
    for (const [known, id] of this.#positions)
      if (known <= start && known > place) [place, afterId] = [known, id];
    // Page by page, so that the memory it takes does not grow with the depth.
    while (place < start) {
      const skipped = await list(afterId, Math.min(start - place, countedMax));
      if (skipped.length === 0) return { ids: [], total: place };
      place += skipped.length;
      afterId = skipped.at(-1)!;
      await letOthersWork();
    }
    this.#remember(place, afterId);
    const from = start < place ? first.slice(start, place) : [];
    const ids = [...from, ...(await list(afterId, size - from.length + 1))];
    const isMore = ids.length > size;
    const page = ids.slice(0, size);
    if (isMore) this.#remember(start + size, page.at(-1)!);
    return { ids: page, total: Math.max(start + ids.length, countedMax + 1) };
  }

  #remember(place: number, id: number): void {
    this.#positions.set(place, id);
    if (this.#positions.size > positionsKept) this.#positions.delete(this.#positions.keys().next().value!);
  }
}
