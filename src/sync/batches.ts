import type { RowResult } from '../domain/outcome.ts';
import type { DecodedRows, SubjectToRead } from './import-kind.ts';
import { findExtraCell } from './scan/cells.ts';
import { refuseFile } from './scan/limits.ts';
import type { Partition } from './scan/partition.ts';

/** Rows of a batch, and so of one subject, are all in memory at once. */
const rowsMax = 100_000;
/** A batch of fewer subjects than asked for, once it has so many rows. */
const rowsPerBatch = 20_000;

/**
 * The subjects of a partition, at most `subjectsMax` at a time and fewer where they have very many rows. Rows whose
 * key is blank name nobody, so each is judged by itself and they come in pieces. `file-refused` for a subject that has
 * more rows than can be settled together. Subjects of which `isSettled` says so are left out.
 */
export function* batchesOf(
  partition: Partition,
  columns: number,
  subjectsMax: number,
  isSettled: (index: number) => boolean = () => false,
): Generator<SubjectToRead[]> {
  let batch: SubjectToRead[] = [];
  let rows = 0;
  for (let index = 0; index < partition.subjectCount; index++) {
    if (isSettled(index)) continue;
    const named = partition.hasKey(index);
    const count = partition.rowCountOf(index);
    const piece = named ? count : rowsPerBatch;
    if (piece > rowsMax) {
      const { row } = partition.rowsOf(index)[0]!;
      // Whom they are about is not said: what a refused file held is not kept.
      refuseFile(
        `The file has ${count} rows about the one that row ${row} names, more than the ${rowsMax} that can be settled together. Is the right column sent as the key?`,
        { row },
      );
    }
    for (let start = 0; start < count; start += piece) {
      batch.push(new LyingSubject(partition, columns, index, named, start, piece));
      rows += Math.min(piece, count - start);
      if (batch.length < subjectsMax && rows < rowsPerBatch) continue;
      yield batch;
      batch = [];
      rows = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

/** A subject, or a piece of its rows, that lies undecoded where it was scanned. */
class LyingSubject implements SubjectToRead {
  readonly index: number;
  readonly named: boolean;
  readonly #partition: Partition;
  readonly #columns: number;
  readonly #start: number;
  readonly #count: number;

  constructor(
    partition: Partition,
    columns: number,
    index: number,
    named: boolean,
    start: number,
    count: number,
  ) {
    this.#partition = partition;
    this.#columns = columns;
    this.index = index;
    this.named = named;
    this.#start = start;
    this.#count = count;
  }

  get key(): string {
    return this.#partition.keyOf(this.index);
  }

  /** A row that cannot be told apart cell by cell fails here (S6, S5). */
  decode(): DecodedRows {
    const all = this.#partition.rowsOf(this.index);
    const some = all.length > this.#count ? all.slice(this.#start, this.#start + this.#count) : all;
    const rows: { row: number; cells: readonly string[] }[] = [];
    const failed: RowResult[] = [];
    for (const one of some) {
      const cells = one.cells();
      const extra = cells.length > this.#columns ? findExtraCell(cells, this.#columns) : undefined;
      if (one.cutOff) failed.push({ row: one.row, outcome: 'failed', notes: [{ code: 'row-cut-off' }] });
      else if (extra !== undefined) {
        failed.push({ row: one.row, outcome: 'failed', notes: [{ code: 'row-too-long', value: extra }] });
      } else rows.push({ row: one.row, cells });
    }
    return { rows, failed };
  }
}
