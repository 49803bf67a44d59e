import type { RowNote } from '../domain/outcome.ts';
import type { RunRow } from '../ports/run-rows.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';

/** Gathers what an undo leaves as it is, as row results of its run: one a note, numbered as they come. */
export class KeptRows {
  readonly #undoId: number;
  #waiting: RunRow[] = [];
  #count = 0;

  constructor(undoId: number) {
    this.#undoId = undoId;
  }

  get count(): number {
    return this.#count;
  }

  add(note: RowNote, patronId: number | null = null): void {
    this.#waiting.push({ file: 0, row: ++this.#count, outcome: 'ignored', note, patronId });
  }

  /** Writes what has come since the last time. */
  async save(tx: TenantTransactor): Promise<void> {
    await tx.runRows.insert(this.#undoId, this.#waiting);
    this.#waiting = [];
  }
}
