import type { RowNote } from '../outcome.ts';
import { patronKeys } from './identity.ts';
import type { FoldedKeys, PatronKeys } from './identity.ts';
import { keyFields } from './patron.ts';
import type { KeyField } from './patron.ts';

/** A patron with the keys it is to have. `id` is the stored one; new patrons have any number no other has. */
export interface KeyClaim<Values extends PatronKeys = PatronKeys> {
  readonly id: number;
  /** Keys as stored; undefined for a new patron. */
  readonly before: Values | undefined;
  readonly after: Values;
  /** Both folded. */
  readonly had: FoldedKeys | undefined;
  readonly wants: FoldedKeys;
}

/** A claim with its keys folded, once for all who look at it. */
export function keyClaim<Values extends PatronKeys>(
  id: number,
  before: Values | undefined,
  after: Values,
): KeyClaim<Values> {
  return { id, before, after, had: before && patronKeys(before), wants: patronKeys(after) };
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
  for (const claim of claims) ledger.settleKept(claim);
  for (const claim of claims) ledger.settleNew(claim);
  return ledger.clashes;
}

/** Who is to hold which key once all is written, and who was refused. */
class ClaimLedger {
  readonly clashes = new Map<number, RowNote[]>();
  readonly #ownerOf: KeyOwnerOf;
  readonly #claimed = new Set<number>();
  readonly #holders: Readonly<Record<KeyField, Map<string, KeyClaim>>> = {
    username: new Map(),
    barcode: new Map(),
    externalid: new Map(),
  };

  constructor(ownerOf: KeyOwnerOf) {
    this.#ownerOf = ownerOf;
  }

  /** Keys that a patron has and keeps are its own before anybody else is looked at. */
  settleKept(claim: KeyClaim): void {
    this.#claimed.add(claim.id);
    for (const field of keyFields) {
      const key = claim.wants[field];
      if (key !== null && key === claim.had?.[field]) this.#holders[field].set(key, claim);
    }
  }

  settleNew(claim: KeyClaim): void {
    const notes: RowNote[] = [];
    for (const field of keyFields) {
      const holder = this.#otherHolder(claim, field);
      if (holder !== undefined) notes.push(clashNote(field, claim, holder));
    }
    if (notes.length > 0) return this.#refuse(claim, notes);
    for (const field of keyFields) {
      const key = claim.wants[field];
      if (key !== null) this.#holders[field].set(key, claim);
    }
  }

  /** The keys of the other patron that holds what `claim` wants, if one does. */
  #otherHolder(claim: KeyClaim, field: KeyField): PatronKeys | undefined {
    const key = claim.wants[field];
    if (key === null) return undefined;
    const holder = this.#holders[field].get(key);
    if (holder !== undefined) return holder === claim ? undefined : holder.after;
    const owner = this.#ownerOf(field, key);
    if (owner === undefined || owner.id === claim.id) return undefined;
    const givesItUp = this.#claimed.has(owner.id) && !this.clashes.has(owner.id);
    return givesItUp ? undefined : owner;
  }

  /** A refused patron keeps the keys it had; whoever was to get one of them is refused in turn. */
  #refuse(first: KeyClaim, notes: RowNote[]): void {
    this.clashes.set(first.id, notes);
    const refused = [first];
    for (let claim = refused.pop(); claim !== undefined; claim = refused.pop()) {
      this.#release(claim);
      const { before } = claim;
      if (before === undefined) continue;
      for (const field of keyFields) {
        const taker = this.#holders[field].get(claim.had?.[field] ?? '');
        if (taker === undefined) continue;
        const earlier = this.clashes.get(taker.id);
        this.clashes.set(taker.id, [...(earlier ?? []), clashNote(field, taker, before)]);
        if (earlier === undefined) refused.push(taker);
      }
    }
  }

  #release(claim: KeyClaim): void {
    for (const field of keyFields) {
      const key = claim.wants[field];
      if (key !== null && this.#holders[field].get(key) === claim) this.#holders[field].delete(key);
    }
  }
}

function clashNote(field: KeyField, claim: KeyClaim, holder: PatronKeys): RowNote {
  // The other patron is named by the key people know best, of those it has.
  const by = keyFields.find((name) => holder[name] !== '') ?? field;
  return {
    code: 'key-clash',
    column: field,
    value: claim.after[field],
    suggestion: `${by} ${holder[by]}`,
  };
}
