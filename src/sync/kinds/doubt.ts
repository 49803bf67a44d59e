import type { Contact } from '../../domain/contact/contact.ts';
import { foldKey, romanise } from '../../domain/text/fold.ts';
import type { StrayRows } from '../scan/stray-rows.ts';

/**
 * S5: which patrons a contacts file may speak of in rows that do not surely say so. A row without a username may
 * be of whoever has its contact; one with too many cells may be of whoever any of its cells names or has; and a
 * file that was cut off may lack rows of anybody.
 */
export class Doubt {
  readonly #anybody: boolean;
  readonly #texts = new Set<string>();

  constructor({ rows, anybody }: StrayRows, contactColumn: number) {
    this.#anybody = anybody;
    for (const { cells, tooLong } of rows) {
      for (const cell of tooLong ? cells : [cells[contactColumn] ?? '']) this.#add(cell);
    }
  }

  /** Whether any patron may be meant so. */
  get exists(): boolean {
    return this.#anybody || this.#texts.size > 0;
  }

  /** Whether the patron with this folded username and these contacts may be meant. */
  concerns(username: string, stored: readonly Contact[]): boolean {
    if (this.#anybody || this.#texts.size === 0) return this.#anybody;
    return this.#texts.has(username) || stored.some(({ contact }) => this.#texts.has(folded(contact)));
  }

  #add(cell: string): void {
    if (cell === '') return;
    this.#texts.add(foldKey(cell)).add(folded(cell));
  }
}

function folded(contact: string): string {
  return romanise(contact.trim()).trim().toLowerCase();
}
