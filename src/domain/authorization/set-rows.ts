import type { RowNote, RowResult } from '../outcome.ts';
import type { DeclaredSet } from './parse-set-row.ts';

/** A row of the file with the verdict on it so far. */
export interface SetRowState {
  readonly declared: DeclaredSet;
  /** Why it fails; none while it is good. */
  readonly faults: RowNote[];
}

/** A row that failed by itself; the set it names is known where its identifier is not blank. */
export interface FailedSetRow {
  readonly result: RowResult;
  readonly uniqueIdentifier: string;
}

/**
 * The rows of a file, good until found otherwise. A row that fails takes those along that nest a set which only it
 * would have made (W15: sets of the same file may be referred to, wherever they stand).
 */
export class SetRows {
  readonly all: readonly SetRowState[];
  readonly #byIdentifier = new Map<string, SetRowState[]>();
  /** Nested identifier → rows that nest it. */
  readonly #nesting = new Map<string, SetRowState[]>();
  /** Identifier → a row that names it and failed. */
  readonly #failedRow = new Map<string, number>();
  readonly #isStored: (identifier: string) => boolean;

  constructor(
    declared: readonly DeclaredSet[],
    failed: readonly FailedSetRow[],
    isStored: (identifier: string) => boolean,
  ) {
    this.#isStored = isStored;
    this.all = declared.map((row) => ({ declared: row, faults: [] }));
    for (const row of this.all) {
      push(this.#byIdentifier, row.declared.uniqueIdentifier, row);
      for (const nested of row.declared.entries.authset) push(this.#nesting, nested, row);
    }
    for (const { uniqueIdentifier, result } of failed) this.#failedRow.set(uniqueIdentifier, result.row);
  }

  get good(): SetRowState[] {
    return this.all.filter(isGood);
  }

  /** The good rows of a set, in file order. */
  goodOf(identifier: string): SetRowState[] {
    return (this.#byIdentifier.get(identifier) ?? []).filter(isGood);
  }

  identifiers(): Iterable<string> {
    return this.#byIdentifier.keys();
  }

  /** Whether neither store nor file know it, not even in a row that failed. */
  isUnknown(identifier: string): boolean {
    return (
      !this.#isStored(identifier) && !this.#byIdentifier.has(identifier) && !this.#failedRow.has(identifier)
    );
  }

  /** Fails the rows that nest what only failed rows would have made, and so on. */
  settle(): void {
    const gone = [...this.#failedRow.keys(), ...this.#byIdentifier.keys()].filter((one) => this.#isGone(one));
    const seen = new Set(gone);
    for (let identifier = gone.pop(); identifier !== undefined; identifier = gone.pop()) {
      for (const row of this.#nesting.get(identifier) ?? []) {
        if (!isGood(row)) continue;
        row.faults.push({
          code: 'parent-failed',
          column: 'authset',
          value: identifier,
          suggestion: `row ${this.#failedRowOf(identifier)}`,
        });
        const { uniqueIdentifier } = row.declared;
        if (seen.has(uniqueIdentifier) || !this.#isGone(uniqueIdentifier)) continue;
        seen.add(uniqueIdentifier);
        gone.push(uniqueIdentifier);
      }
    }
  }

  #isGone(identifier: string): boolean {
    return !this.#isStored(identifier) && !(this.#byIdentifier.get(identifier) ?? []).some(isGood);
  }

  #failedRowOf(identifier: string): number {
    return this.#byIdentifier.get(identifier)?.[0]?.declared.row ?? this.#failedRow.get(identifier)!;
  }
}

export function isGood({ faults }: SetRowState): boolean {
  return faults.length === 0;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
