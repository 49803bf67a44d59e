import { setImmediate as letOthersWork } from 'node:timers/promises';
import type { TenantReader } from '../ports/tenant-store.ts';

/** Up to so many are found and counted at once. */
const countedMax = 1_000;
const searchesKept = 100;
const positionsKept = 1_000;

/** The ids of the next patrons after `afterId` that a search finds, in order. */
export type ListFound = (afterId: number, limit: number) => Promise<number[]>;

const searches = new WeakMap<TenantReader, Map<string, FoundPatrons>>();

/**
 * What a search has found lately, for those who go through it page by page: the first ids, for as long as nothing has
 * changed that could make them others, and behind them the places where pages began. A place is an id and stays right
 * whatever comes and goes, so that a deep page costs no more than the first.
 */
export class FoundPatrons {
  readonly #reader: TenantReader;
  #first: { readonly stamp: number; readonly ids: readonly number[] } | undefined;
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
    list: ListFound,
    start: number,
    size: number,
  ): Promise<{ ids: readonly number[]; total: number }> {
    const first = await this.#firstIds(list);
    const ids = first.slice(start, start + size);
    if (first.length <= countedMax) return { ids, total: first.length };
    if (start + size <= countedMax) return { ids, total: first.length };
    return this.#deepPage(list, first, start, size);
  }

  async #firstIds(list: ListFound): Promise<readonly number[]> {
    // Before they are read: what changes meanwhile makes them be read again.
    const stamp = await this.#reader.lookup.searchStamp();
    if (this.#first?.stamp !== stamp) this.#first = { stamp, ids: await list(0, countedMax + 1) };
    return this.#first.ids;
  }

  async #deepPage(list: ListFound, first: readonly number[], start: number, size: number) {
    let place = countedMax;
    let afterId = first[countedMax - 1]!;
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
    return { ids: page, total: start + ids.length };
  }

  #remember(place: number, id: number): void {
    this.#positions.set(place, id);
    if (this.#positions.size > positionsKept) this.#positions.delete(this.#positions.keys().next().value!);
  }
}
