import { nameReferences } from '../directory/record-names.ts';
import type { PlanChange } from '../domain/plan/plan-change.ts';
import { plannedRecords, subjectOf, type PlanSubject } from '../domain/plan/planned-record.ts';
import type { StatusOf } from '../domain/plan/record-change.ts';
import { identifierOf } from '../domain/records.ts';
import { referencesOf, type NameOf } from '../domain/shown-records.ts';
import type { PlanItem } from '../ports/plans.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import type { SeenChange } from './plan-watch.ts';

/** Subjects a part: enough to be packed well, few enough to be unpacked for a page of them. */
const itemsPerPart = 250;
/** Of a plan that was applied an item is a number or two words. */
const appliedPerPart = 5_000;

/** Keeps the subjects of a run's plan, part by part, for those who look at it later. */
export class PlanKeeper {
  readonly #runId: number;
  readonly #statusOf: StatusOf;
  readonly #waiting: PlanItem[] = [];
  /** What records are called that the plan makes, by their negative ids. */
  readonly #planned = new Map<number, string>();
  #parts = 0;

  constructor(runId: number, statusOf: StatusOf) {
    this.#runId = runId;
    this.#statusOf = statusOf;
  }

  /** Keeps what is planned: nothing of it is done. */
  async addPlanned(tx: TenantTransactor, changes: readonly SeenChange[]): Promise<void> {
    const nameOf = await this.#namesIn(
      tx,
      changes.map(({ change }) => change),
    );
    for (const { change, loses } of changes) {
      const records = plannedRecords(change, nameOf, this.#statusOf);
      this.#waiting.push({ subject: subjectOf(change), loses, records });
    }
    await this.#flush(tx, itemsPerPart, itemsPerPart);
  }

  /** Keeps which subjects were changed; what was done to each is told by records and journal. */
  addApplied(tx: TenantTransactor, changes: readonly SeenChange[], ids: readonly number[]): Promise<void> {
    for (const [index, { change, loses }] of changes.entries()) {
      const subject = subjectOf(change);
      const id = ids[index]!;
      this.#waiting.push({ subject: subject.id === id ? subject : { ...subject, id }, loses });
    }
    return this.#flush(tx, appliedPerPart, appliedPerPart);
  }

  /** The same for one subject that is named. */
  addSubject(tx: TenantTransactor, subject: PlanSubject, loses: boolean): Promise<void> {
    this.#waiting.push({ subject, loses });
    return this.#flush(tx, appliedPerPart, appliedPerPart);
  }

  /** Keeps the rest. */
  end(tx: TenantTransactor): Promise<void> {
    return this.#flush(tx, 1, this.#waiting.some(({ records }) => records) ? itemsPerPart : appliedPerPart);
  }

  /** What everything is called that the changes refer to. */
  async #namesIn(tx: TenantTransactor, changes: readonly PlanChange[]): Promise<NameOf> {
    const records = changes.filter((change) => change.about === 'record');
    for (const { after } of records) if (after.id < 0) this.#planned.set(after.id, identifierOf(after));
    const shown = records.flatMap(({ before, after }) => (before === undefined ? [after] : [before, after]));
    return nameReferences(tx, shown.flatMap(referencesOf), this.#planned);
  }

  async #flush(tx: TenantTransactor, from: number, perPart: number): Promise<void> {
    while (this.#waiting.length >= from) {
      await tx.plans.insertPart(this.#runId, this.#parts++, this.#waiting.splice(0, perPart));
    }
  }
}
