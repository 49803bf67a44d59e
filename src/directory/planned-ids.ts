/**
 * The ids of what one run makes. Until a record is stored it has a negative id, by which the rest of its plan
 * refers to it; once stored it is found here under that number. Negative ids are given once a run, whatever the
 * entity.
 */
export class PlannedIds {
  readonly #ids = new Map<number, number>();

  /** Says under which id a planned record was stored. */
  stored(planned: number, id: number): void {
    this.#ids.set(planned, id);
  }

  /** The id of a record: itself where it was stored already. A plan whose order is wrong is a bug. */
  idOf(id: number): number {
    if (id >= 0) return id;
    const stored = this.#ids.get(id);
    if (stored === undefined) throw new Error(`the plan refers to ${id}, which is not stored yet`);
    return stored;
  }
}
