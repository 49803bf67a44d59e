import { noCounts, rowOutcomes, type RowNote, type RunCounts } from '../domain/outcome.ts';
import type { RunFile } from '../ports/runs.ts';
import type { FileTotals, PlannedBatch } from './import-kind.ts';
import type { FileToPlan } from './file-to-plan.ts';

/** The sum of a plan, file by file. */
export interface RunTotals {
  readonly files: readonly FileTotals[];
}

/** A plan before anything was added to it. */
export function newTotals(files: readonly FileToPlan[]): RunTotals {
  return {
    files: files.map(({ file }) => ({
      counts: noCounts(),
      subjects: 0,
      rowCount: file.rowCount,
      notes: [...file.notes],
      standing: 0,
    })),
  };
}

export function addUp(totals: FileTotals, batch: PlannedBatch): void {
  totals.subjects += batch.subjects;
  totals.standing += batch.standing;
  if (batch.notes) totals.notes.push(...batch.notes);
  addCounts(totals.counts, batch.counts);
}

/** All files together. Where there are several, notes about one name it. */
export function sumOf({ files }: RunTotals, planned: readonly FileToPlan[]) {
  const counts = noCounts();
  let [subjects, rowCount] = [0, 0];
  const notes: RowNote[] = [];
  for (const [index, file] of files.entries()) {
    addCounts(counts, file.counts);
    subjects += file.subjects;
    rowCount += file.rowCount;
    const { name } = planned[index]!;
    notes.push(...(name === undefined ? file.notes : file.notes.map((note) => ({ ...note, file: name }))));
  }
  return { counts, subjects, rowCount, notes };
}

/** The files of a bundle, as its run tells of them. */
export function runFiles({ files }: RunTotals, planned: readonly FileToPlan[]): RunFile[] {
  return files.flatMap(({ counts, rowCount }, index) => {
    const { name, kind } = planned[index]!;
    return name === undefined ? [] : [{ name, kind: kind.name, counts, rowCount }];
  });
}

function addCounts(sum: RunCounts, counts: RunCounts): void {
  for (const outcome of rowOutcomes) sum[outcome] += counts[outcome];
}
