import type { RowNote } from '../outcome.ts';
import { patronKeys } from './identity.ts';
import type { FoldedKeys, PatronKeys } from './identity.ts';
import { keyFields } from './patron.ts';
import type { KeyField } from './patron.ts';

/** A patron with the keys it is to have. `id` is the stored one; new patrons have any number no other has. */
export interface KeyClaim {
  readonly id: number;
  /** Keys as stored; undefined for a new patron. */
  readonly before: PatronKeys | undefined;
  readonly after: PatronKeys;
}

/** What is stored: the patron that has a key (folded as `patronKeys` folds it). */
export type KeyOwnerOf = (
  field: KeyField,
  folded: string,
) => (PatronKeys & { readonly id: number }) | undefined;

/**
 * S4: finds the claims that want a key of another patron, and gives for each, by id, its `key-clash` notes,
 * which name the other's key. Claims without a note may be written together: keys may move between the
 * patrons of one call. Of two that claim the same key, the one that has it already keeps it, else the
 * first. A claim that clashes keeps what it had, so whoever counted on a key it was to give up clashes too.
 */
export function findClashes(claims: readonly KeyClaim[], ownerOf: KeyOwnerOf): Map<number, RowNote[]> {
  const ledger = new ClaimLedger(ownerOf);
  const entries = claims.map((claim) => ledger.enter(claim));
  for (const entry of entries) ledger.settleKept(entry);
  for (const entry of entries) ledger.settleNew(entry);
  return ledger.clashes;
}

/** A claim with its keys folded once. */
interface Entry {
  readonly claim: KeyClaim;
  readonly had: FoldedKeys | undefined;
  readonly wants: FoldedKeys;
}

/** Who is to hold which key once all is written, and who was refused. */
class ClaimLedger {
  readonly clashes = new Map<number, RowNote[]>();
  readonly #ownerOf: KeyOwnerOf;
  readonly #claimed = new Set<number>();
  readonly #holders: Readonly<Record<KeyField, Map<string, Entry>>> = {
    username: new Map(),
    barcode: new Map(),
    externalid: new Map(),
  };

  constructor(ownerOf: KeyOwnerOf) {
    this.#ownerOf = ownerOf;
  }

  enter(claim: KeyClaim): Entry {
    this.#claimed.add(claim.id);
    const had = claim.before === undefined ? undefined : patronKeys(claim.before);
    return { claim, had, wants: patronKeys(claim.after) };
  }

  /** Keys that a patron has and keeps are its own before anybody else is looked at. */
  settleKept(entry: Entry): void {
    for (const field of keyFields) {
      const key = entry.wants[field];
      if (key !== null && key === entry.had?.[field]) this.#holders[field].set(key, entry);
    }
  }

  settleNew(entry: Entry): void {
    const notes: RowNote[] = [];
    for (const field of keyFields) {
      const holder = this.#otherHolder(entry, field);
      if (holder !== undefined) notes.push(clashNote(field, entry, holder));
    }
    if (notes.length > 0) return this.#refuse(entry, notes);
    for (const field of keyFields) {
      const key = entry.wants[field];
      if (key !== null) this.#holders[field].set(key, entry);
    }
  }

  /** The keys of the other patron that holds what `entry` wants, if one does. */
  #otherHolder(entry: Entry, field: KeyField): PatronKeys | undefined {
    const key = entry.wants[field];
    if (key === null) return undefined;
    const holder = this.#holders[field].get(key);
    if (holder !== undefined) return holder === entry ? undefined : holder.claim.after;
    const owner = this.#ownerOf(field, key);
    if (owner === undefined || owner.id === entry.claim.id) return undefined;
    const givesItUp = this.#claimed.has(owner.id) && !this.clashes.has(owner.id);
    return givesItUp ? undefined : owner;
  }

  /** A refused patron keeps the keys it had; whoever was to get one of them is refused in turn. */
  #refuse(first: Entry, notes: RowNote[]): void {
    this.clashes.set(first.claim.id, notes);
    const refused = [first];
    for (let entry = refused.pop(); entry !== undefined; entry = refused.pop()) {
      this.#release(entry);
      const { before } = entry.claim;
      if (before === undefined) continue;
      for (const field of keyFields) {
        const taker = this.#holders[field].get(entry.had?.[field] ?? '');
        if (taker === undefined) continue;
        const earlier = this.clashes.get(taker.claim.id);
        this.clashes.set(taker.claim.id, [...(earlier ?? []), clashNote(field, taker, before)]);
        if (earlier === undefined) refused.push(taker);
      }
    }
  }

  #release(entry: Entry): void {
    for (const field of keyFields) {
      const key = entry.wants[field];
      if (key !== null && this.#holders[field].get(key) === entry) this.#holders[field].delete(key);
    }
  }
}

function clashNote(field: KeyField, entry: Entry, holder: PatronKeys): RowNote {
  // The other patron is named by the key people know best, of those it has.
  const by = keyFields.find((name) => holder[name] !== '') ?? field;
  return {
    code: 'key-clash',
    column: field,
    value: entry.claim.after[field],
    suggestion: `${by} ${holder[by]}`,
  };
}
