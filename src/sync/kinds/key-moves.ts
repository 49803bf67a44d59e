import type { KeyClaim, KeyOwnerOf } from '../../domain/patron/key-clashes.ts';
import { keyFields, type KeyField, type PatronValues } from '../../domain/patron/patron.ts';

/**
 * Keys that the batches of a file gave away or took after it was asked who has them. Where each batch is written
 * before the next one is looked up, that is what happened while a batch waited to be planned; where nothing is
 * written yet, it is all that happened since the file began. Both come to the same.
 */
export class KeyMoves {
  readonly #seesItsWrites: boolean;
  #last = new Moved();
  /** Batches that were looked up and are not planned yet. */
  #following = 0;

  constructor(seesItsWrites: boolean) {
    this.#seesItsWrites = seesItsWrites;
  }

  /** What moves from now on, and what had moved where nothing is written; asked for before the stored owners. */
  follow(): KeysMoved {
    this.#following++;
    return this.#last;
  }

  /** To be called after each batch: whoever follows from here on sees the batches before as stored. */
  nextBatch(): void {
    this.#following--;
    if (this.#seesItsWrites) this.#last = this.#last.next = new Moved();
  }

  remember(claim: KeyClaim<PatronValues>): void {
    // Who is looked up once this batch is written finds it stored: only those who follow already need be told.
    if (!this.#seesItsWrites || this.#following > 1) this.#last.remember(claim);
  }
}

/** The keys that moved, over what is stored. */
export interface KeysMoved {
  ownerOf(field: KeyField, folded: string, stored: KeyOwnerOf): ReturnType<KeyOwnerOf>;
}

/** What one batch moved, and by `next` all later ones: earlier ones are let go of with whoever followed them. */
class Moved implements KeysMoved {
  next: Moved | undefined;
  readonly #taken = byField(() => new Map<string, PatronValues>());
  readonly #released = byField(() => new Set<string>());
  /** Stored patrons as they will be: whom a clash names is named as it will stand. */
  readonly #changed = new Map<number, PatronValues>();

  remember({ id, before, after, had, wants }: KeyClaim<PatronValues>): void {
    if (before) this.#changed.set(id, after);
    for (const field of keyFields) {
      const [old, key] = [had?.[field], wants[field]];
      if (old === key) continue;
      if (old) this.#released[field].add(old);
      if (key === null) continue;
      this.#released[field].delete(key);
      this.#taken[field].set(key, after);
    }
  }

  ownerOf(field: KeyField, folded: string, stored: KeyOwnerOf): ReturnType<KeyOwnerOf> {
    return this.#ownerAfter(field, folded, stored(field, folded));
  }

  #ownerAfter(field: KeyField, folded: string, before: ReturnType<KeyOwnerOf>): ReturnType<KeyOwnerOf> {
    const owner = this.#moved(field, folded, before);
    return this.next === undefined ? owner : this.next.#ownerAfter(field, folded, owner);
  }

  #moved(field: KeyField, folded: string, owner: ReturnType<KeyOwnerOf>): ReturnType<KeyOwnerOf> {
    const taker = this.#taken[field].get(folded);
    if (taker) return { ...taker, id: Number.NaN };
    if (owner === undefined || this.#released[field].has(folded)) return undefined;
    const changed = this.#changed.get(owner.id);
    return changed ? { ...changed, id: owner.id } : owner;
  }
}

function byField<T>(make: () => T): Readonly<Record<KeyField, T>> {
  return { username: make(), barcode: make(), externalid: make() };
}
