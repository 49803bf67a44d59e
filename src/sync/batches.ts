import type { RowResult } from '../domain/outcome.ts';
import type { DecodedSubject } from './import-kind.ts';
import { findExtraCell } from './scan/cells.ts';
import { refuseFile } from './scan/limits.ts';
import type { Partition, RawRow } from './scan/partition.ts';

/** Rows of a batch, and so of one subject, are all in memory at once. */
const rowsMax = 100_000;
/** A batch of fewer subjects than asked for, once it has so many rows. */
const rowsPerBatch = 20_000;

/**
 * The subjects of a partition, decoded, at most `subjectsMax` at a time and fewer where they have very many rows.
 * Rows whose key is blank name nobody, so each is judged by itself and they come in pieces. `file-refused` for a
 * subject that has more rows than can be settled together. Subjects of which `isSettled` says so are left out.
 */
export function* batchesOf(
  partition: Partition,
  columns: number,
  subjectsMax: number,
  isSettled: (index: number) => boolean = () => false,
): Generator<DecodedSubject[]> {
  let batch: DecodedSubject[] = [];
  let rows = 0;
  for (let index = 0; index < partition.subjectCount; index++) {
    if (isSettled(index)) continue;
    const subject = partition.subject(index);
    const piece = subject.key === '' ? rowsPerBatch : subject.rows.length;
    if (piece > rowsMax) {
      const { row } = subject.rows[0]!;
      // Whom they are about is not said: what a refused file held is not kept.
      refuseFile(
        `The file has ${subject.rows.length} rows about the one that row ${row} names, more than the ${rowsMax} that can be settled together. Is the right column sent as the key?`,
        { row },
      );
    }
    for (let start = 0; start < subject.rows.length; start += piece) {
      const some = subject.rows.slice(start, start + piece);
      batch.push(decode(index, subject.key, some, columns));
      rows += some.length;
      if (batch.length < subjectsMax && rows < rowsPerBatch) continue;
      yield batch;
      batch = [];
      rows = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

/** Decodes rows of a subject; one that cannot be told apart cell by cell fails here (S6, S5). */
function decode(index: number, key: string, raw: readonly RawRow[], columns: number): DecodedSubject {
  const rows: { row: number; cells: readonly string[] }[] = [];
  const failed: RowResult[] = [];
  for (const one of raw) {
    const cells = one.cells();
    const extra = cells.length > columns ? findExtraCell(cells, columns) : undefined;
    if (one.cutOff) failed.push({ row: one.row, outcome: 'failed', notes: [{ code: 'row-cut-off' }] });
    else if (extra !== undefined) {
      failed.push({ row: one.row, outcome: 'failed', notes: [{ code: 'row-too-long', value: extra }] });
    } else rows.push({ row: one.row, cells });
  }
  return { index, key, rows, failed };
}
