import { plannedRecords } from '../domain/plan/patron-change.ts';
import type { PlanItem } from '../ports/plans.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import type { SeenChange } from './plan-watch.ts';

/** Patrons a part: enough to be packed well, few enough to be unpacked for a page of them. */
const itemsPerPart = 250;
/** Of a plan that was applied an item is two words. */
const appliedPerPart = 1_000;

/** Keeps the patrons of a run's plan, part by part, for those who look at it later. */
export class PlanKeeper {
  readonly #runId: number;
  readonly #waiting: PlanItem[] = [];
  #parts = 0;

  constructor(runId: number) {
    this.#runId = runId;
  }

  /** Keeps what is planned: nothing of it is done. */
  addPlanned(tx: TenantTransactor, changes: readonly SeenChange[]): Promise<void> {
    for (const { change, loses } of changes) {
      this.#waiting.push({ patronId: change.patronId, loses, records: plannedRecords(change) });
    }
    return this.#flush(tx, itemsPerPart, itemsPerPart);
  }

  /** Keeps which patrons were changed; what was done to each is told by records and journal. */
  addApplied(
    tx: TenantTransactor,
    changes: readonly Pick<SeenChange, 'loses'>[],
    patronIds: readonly number[],
  ): Promise<void> {
    for (const [index, { loses }] of changes.entries()) {
      this.#waiting.push({ patronId: patronIds[index]!, loses });
    }
    return this.#flush(tx, appliedPerPart, appliedPerPart);
  }

  /** Keeps the rest. */
  end(tx: TenantTransactor): Promise<void> {
    return this.#flush(tx, 1, this.#waiting.some(({ records }) => records) ? itemsPerPart : appliedPerPart);
  }

  async #flush(tx: TenantTransactor, from: number, perPart: number): Promise<void> {
    while (this.#waiting.length >= from) {
      await tx.plans.insertPart(this.#runId, this.#parts++, this.#waiting.splice(0, perPart));
    }
  }
}
