import { setImmediate as letOthersWork } from 'node:timers/promises';
import { MusterError } from '../domain/errors.ts';
import { csvRow } from '../domain/text/csv.ts';
import { fileNumber } from '../directory/run-files.ts';
import { isUnfinished, type Run } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { baseName } from './bundle/find-files.ts';
import { getFileKind } from './kinds/registry.ts';
import { openRunFile } from './open-run-file.ts';
import { selectRows } from './scan/select-rows.ts';

const rowsPerPiece = 5_000;
/** Smaller than an import's: many people may fetch such a file at once, beside requests. */
const inMemoryBytesMax = 4 * 1024 * 1024;

/** A CSV to be sent piece by piece. */
export interface FailedRowsFile {
  readonly fileName: string;
  readonly text: AsyncGenerator<string>;
}

/**
 * The rows of a run's file that failed, under the file's own header, to be corrected and sent again (W22);
 * the header alone when none failed. Cells are made inert as in every CSV we write, and reading takes that
 * back. `file`: which of several files, by its name as the run tells it; where rows of one alone failed, it need
 * not be named. `not-found` for an unknown run or file, `bad-request` where the file must be named, `conflict` for a
 * run that has no rows to speak of, `gone` once the delivery has been purged; all of it before the first piece.
 */
export async function failedRowsFile(
  reader: TenantReader,
  runId: number,
  spillDir: string,
  file?: string,
): Promise<FailedRowsFile> {
  const run = await reader.runs.findById(runId);
  if (!run) throw new MusterError('not-found', `There is no run ${runId}.`);
  if (run.deliveryId === null) {
    throw new MusterError('conflict', `Run ${runId} takes another run back; no file belongs to it.`);
  }
  if (isUnfinished(run)) {
    throw new MusterError('conflict', `Run ${runId} has not ended yet; ask again when it has.`);
  }
  if (run.failure !== null) {
    throw new MusterError(
      'conflict',
      `The file of run ${runId} was refused as a whole: ${run.failure.detail}`,
    );
  }
  const delivery = await reader.deliveries.findById(run.deliveryId);
  if (delivery?.purgedAt !== null) {
    throw new MusterError(
      'gone',
      `The file of run ${runId} is no longer kept. Send it again to see it anew.`,
    );
  }
  const number = await chooseFile(reader, run, file);
  const failed = await failedRowNumbers(reader, runId, number);
  const { name } = run.files[number] ?? {};
  return {
    fileName: `failed-rows-of-run-${runId}${name === undefined ? '' : `-${nameAlone(name)}`}.csv`,
    text: csvOf(reader, run, number, failed, spillDir),
  };
}

/** The number of the file whose failed rows are wanted. */
async function chooseFile(reader: TenantReader, run: Run, wanted: string | undefined): Promise<number> {
  if (wanted !== undefined) return fileNumber(run, wanted);
  if (run.files.length < 2) return 0;
  const failed = await reader.runRows.listFiles(run.id, 'failed');
  if (failed.length < 2) return failed[0] ?? 0;
  const names = failed.map((number) => run.files[number]!.name);
  throw new MusterError(
    'bad-request',
    `Rows of several files of run ${run.id} failed. Name the one you want: ${names.join(', ')}.`,
    { files: names },
  );
}

/** The name of a file without folders and ending, as it may stand in the name of another. */
function nameAlone(name: string): string {
  return baseName(name)
    .replace(/\.csv$/i, '')
    .replaceAll(/[^\w-]/g, '_');
}

async function* csvOf(
  reader: TenantReader,
  run: Run,
  number: number,
  failed: readonly number[],
  spillDir: string,
): AsyncGenerator<string> {
  using source = await openRunFile(reader, run, number, { spillDir, inMemoryBytesMax });
  let next = 0;
  // Both walk down the file, so the numbers need no set.
  const isFailed = (row: number) => {
    while (next < failed.length && failed[next]! < row) next++;
    return failed[next] === row;
  };
  const { limits } = getFileKind(run.files[number]?.kind ?? run.kind);
  const { header, pieces } = selectRows(source, isFailed, limits);
  yield csvRow(header);
  if (failed.length === 0) return;
  for (const rows of pieces) {
    if (rows.length > 0) yield rows.map(({ cells }) => csvRow(cells)).join('');
    await letOthersWork();
  }
}

/** Ascending, each once: a row is stored once a note. */
async function failedRowNumbers(reader: TenantReader, runId: number, file: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let after = { file, row: 0, seq: 0 }; ;) {
    const piece = await reader.runRows.listAfter(runId, after, rowsPerPiece, 'failed');
    for (const { row } of piece) {
      if (row !== numbers.at(-1)) numbers.push(row);
    }
    const last = piece.at(-1);
    if (!last) return numbers;
    after = { file, row: last.row, seq: last.seq };
    await letOthersWork();
  }
}
