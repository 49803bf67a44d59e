import type { RecordPlanChange } from '../domain/plan/record-change.ts';
import { identifierOf, type RecordEntity, type RecordTypes } from '../domain/records.ts';

/**
 * What the plan of one run makes and changes among records, over what is stored: so that rows of the same file and
 * of later files of the delivery see it without anything being written. It counts before what is stored, also
 * where the plan is written while it is made, so that both ways come to the same.
 *
 * A record that is yet to be made has a negative id, which stands in everything that refers to it until it is
 * stored (`PlannedIds`).
 */
export class PlannedRecords {
  readonly #remembered: ReadonlySet<RecordEntity>;
  readonly #records = new Map<RecordEntity, Map<string, RecordTypes[RecordEntity]>>();
  readonly #byId = new Map<RecordEntity, Map<number, RecordTypes[RecordEntity]>>();
  readonly #failed = new Map<RecordEntity, Map<string, string>>();
  #lastId = 0;

  /** `remembered`: the entities that some file of the run names; others are let go of, however many there are. */
  constructor(remembered: Iterable<RecordEntity> = []) {
    this.#remembered = new Set(remembered);
  }

  /** An id for a record that is yet to be made. */
  newId(): number {
    return --this.#lastId;
  }

  /** To be told of every change of a record once it is sure to be in the plan. */
  remember({ entity, after }: RecordPlanChange): void {
    if (!this.#remembered.has(entity)) return;
    mapOf(this.#records, entity).set(identifierOf(after), after);
    mapOf(this.#byId, entity).set(after.id, after);
  }

  /** To be told of a record that the plan would have made or changed, had its rows not failed; `where` is for people. */
  fail(entity: RecordEntity, identifier: string, where: string): void {
    if (this.#remembered.has(entity)) mapOf(this.#failed, entity).set(identifier, where);
  }

  /** Where the rows about a record failed; undefined where none did. */
  failedAt(entity: RecordEntity, identifier: string): string | undefined {
    return this.#failed.get(entity)?.get(identifier);
  }

  /** The record as the plan leaves it so far; undefined where the plan does not touch it. */
  find<E extends RecordEntity>(entity: E, identifier: string): RecordTypes[E] | undefined {
    return this.#records.get(entity)?.get(identifier) as RecordTypes[E] | undefined;
  }

  /** The same by id, negative for one that the plan makes. */
  findById<E extends RecordEntity>(entity: E, id: number): RecordTypes[E] | undefined {
    return this.#byId.get(entity)?.get(id) as RecordTypes[E] | undefined;
  }

  /**
   * The record of that identifier by what is stored and what is planned. `stored`: as `mapByIdentifier` gave it, if
   * need be before earlier rows were planned.
   */
  over<E extends RecordEntity, S extends RecordTypes[E]>(
    entity: E,
    identifier: string,
    stored: ReadonlyMap<string, S>,
  ): RecordTypes[E] | undefined {
    return this.find(entity, identifier) ?? stored.get(identifier);
  }
}

function mapOf<K, V>(maps: Map<RecordEntity, Map<K, V>>, entity: RecordEntity): Map<K, V> {
  let map = maps.get(entity);
  if (map === undefined) maps.set(entity, (map = new Map()));
  return map;
}
