import { tmpdir } from 'node:os';
import { MusterError } from '../../src/domain/errors.ts';
import type { RowNote } from '../../src/domain/outcome.ts';
import { bufferSource } from '../../src/sync/scan/byte-source.ts';
import type { ByteSource } from '../../src/sync/scan/byte-source.ts';
import { scanFile } from '../../src/sync/scan/scan-file.ts';
import type { ScannedFile, ScanOptions } from '../../src/sync/scan/scan-file.ts';

/** Everything a scan finds, laid out for `toEqual`. */
export interface Scanned {
  readonly header: readonly string[];
  readonly notes: readonly RowNote[];
  readonly rowCount: number;
  readonly blankRows: number;
  readonly subjects: { key: string; rows: number[] }[];
  /** In order of row number. */
  readonly rows: { row: number; cells: string[] }[];
  readonly cutOff: number[];
}

/** Scans a file given as text or bytes, subjects by the first column unless said otherwise. */
export function scanAll(
  content: string | Uint8Array | ByteSource,
  options: Partial<ScanOptions> = {},
): Scanned {
  let source: ByteSource;
  if (typeof content === 'string') source = bufferSource(Buffer.from(content));
  else source = content instanceof Uint8Array ? bufferSource(content) : content;
  using file = scanFile(source, { subjectColumns: () => [0], spillDir: tmpdir(), ...options });
  return layOut(file);
}

/** Everything of a scanned file. */
export function layOut(file: ScannedFile): Scanned {
  const subjects: Scanned['subjects'] = [];
  const rows: Scanned['rows'] = [];
  const cutOff: number[] = [];
  for (const partition of file.partitions()) {
    for (let index = 0; index < partition.subjectCount; index++) {
      const ofSubject = partition.rowsOf(index);
      subjects.push({ key: partition.keyOf(index), rows: ofSubject.map(({ row }) => row) });
      for (const row of ofSubject) {
        rows.push({ row: row.row, cells: row.cells() });
        if (row.cutOff) cutOff.push(row.row);
      }
    }
  }
  rows.sort((one, other) => one.row - other.row);
  const { header, notes, rowCount, blankRows } = file;
  return { header, notes, rowCount, blankRows, subjects, rows, cutOff };
}

/** The refusal that `attempt` ends in; anything else fails the test. */
export function refusalOf(attempt: () => unknown): MusterError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof MusterError && error.code === 'file-refused') return error;
    throw error;
  }
  throw new Error('The file was not refused.');
}

/** The same bytes in chunks of `chunkBytes`. */
export function chunkedSource(bytes: Uint8Array, chunkBytes: number): ByteSource {
  return {
    sizeBytes: bytes.length,
    *chunks() {
      for (let from = 0; from < bytes.length; from += chunkBytes)
        yield bytes.subarray(from, from + chunkBytes);
    },
  };
}

/** `count` copies of a chunk between a head and a tail: a large file that takes no memory. */
export function repeatedSource(head: string, chunk: Buffer, count: number, tail: string): ByteSource {
  return {
    sizeBytes: Buffer.byteLength(head) + chunk.length * count + Buffer.byteLength(tail),
    *chunks() {
      yield Buffer.from(head);
      for (let index = 0; index < count; index++) yield chunk;
      if (tail !== '') yield Buffer.from(tail);
    },
  };
}
