import { patronKeys } from '../../domain/patron/identity.ts';
import type { KeyOwnerOf } from '../../domain/patron/key-clashes.ts';
import { keyFields, type KeyField, type Patron, type PatronValues } from '../../domain/patron/patron.ts';

/**
 * Keys that earlier batches of the same file gave away or took, for a plan that is made before any of it is
 * written; one made while it is written finds the same in what is stored, and both come to the same.
 */
export class KeysSoFar {
  readonly #taken: Record<KeyField, Map<string, PatronValues>> = {
    username: new Map(),
    barcode: new Map(),
    externalid: new Map(),
  };
  readonly #released: Record<KeyField, Set<string>> = {
    username: new Set(),
    barcode: new Set(),
    externalid: new Set(),
  };

  /** Stored patrons as they will be: whom a clash names is named as it will stand. */
  readonly #changed = new Map<number, PatronValues>();

  remember(before: Patron | undefined, after: PatronValues): void {
    if (before) this.#changed.set(before.id, after);
    const had = before && patronKeys(before);
    const has = patronKeys(after);
    for (const field of keyFields) {
      if (had?.[field] === has[field]) continue;
      if (had?.[field]) this.#released[field].add(had[field]);
      if (has[field] !== null) {
        this.#released[field].delete(has[field]);
        this.#taken[field].set(has[field], after);
      }
    }
  }

  ownerOf(field: KeyField, folded: string, stored: KeyOwnerOf): ReturnType<KeyOwnerOf> {
    const taker = this.#taken[field].get(folded);
    if (taker) return { ...taker, id: Number.NaN };
    const owner = this.#released[field].has(folded) ? undefined : stored(field, folded);
    const changed = owner && this.#changed.get(owner.id);
    return changed ? { ...changed, id: owner.id } : owner;
  }
}
