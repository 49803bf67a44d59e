import type { RowNote } from '../../domain/outcome.ts';
import type { ByteSource } from './byte-source.ts';
import type { FileEncoding } from './encoding.ts';
import { scanLimits } from './limits.ts';
import type { ScanLimits } from './limits.ts';
import { heldBytes, tablePartition } from './partition.ts';
import type { Partition, RowBytes, RowFormat } from './partition.ts';
import { RecordScanner, scanSteps } from './record-scanner.ts';
import { RowFile } from './row-file.ts';
import { RowWindow } from './row-window.ts';
import { Spill } from './spill.ts';
import { StrayRowGatherer, type StrayRows } from './stray-rows.ts';
import { SubjectKey } from './subject-key.ts';
import { SubjectTable } from './subject-table.ts';
import { openTextFile } from './text-file.ts';
import type { TextFile } from './text-file.ts';

const rowsPerReport = 8192;
/** Powers of two, so that a partition holds whole ranges of what else is kept by the hash of a key. */
const partitionsMin = 32;
const partitionsMax = 64;

export interface ScanOptions {
  /**
   * Which columns make the key of a row's subject, given the header; called once, not at all for a file
   * without one. No columns: all rows are one subject. What it throws passes through.
   */
  readonly subjectColumns: (header: readonly string[]) => readonly number[];
  /** Keys that differ in case alone are different ones. */
  readonly exactKeys?: boolean | undefined;
  readonly limits?: Partial<ScanLimits>;
  /** Where the partition files of a large file may lie. */
  readonly spillDir: string;
  /** With a seed, fingerprints of what the rows of each subject say. */
  readonly seed?: Uint32Array | undefined;
  /** The encoding, where whoever scans takes it for granted and looks by other means whether it was so. */
  readonly encoding?: FileEncoding | undefined;
  /** Told now and then how many data rows have been read. */
  readonly onRows?: (rowsRead: number) => void;
}

/** A file whose rows are found, numbered and grouped, but not decoded. Dispose it to remove what it spilled. */
export interface ScannedFile extends Disposable {
  /** Trimmed cells as spelled, without blank ones at the end; none for a file that is empty or blank. */
  readonly header: readonly string[];
  /** S6: what was recognised about the file. */
  readonly notes: readonly RowNote[];
  readonly rowCount: number;
  readonly blankRows: number;
  readonly stray: StrayRows;
  /** Every subject stands in one partition. Take them one at a time: each is loaded when asked for. */
  partitions(): Iterable<Partition>;
}

/**
 * Scans a delivered file (S6, S7) and groups its rows by subject. A small file is held in memory; of one of up to
 * `limits.partitionBytes` only where each row lies, in a temporary file; a larger one is dealt out to several by
 * subject, so memory does not grow with it.
 * Throws `file-refused` for what cannot be read or goes beyond a limit.
 */
export function scanFile(source: ByteSource, options: ScanOptions): ScannedFile {
  const steps = scanFileSteps(source, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** `scanFile`, a block of the file a step. Given up by `return`, it leaves nothing behind. */
export function* scanFileSteps(source: ByteSource, options: ScanOptions): Generator<void, ScannedFile> {
  const limits = scanLimits(options.limits);
  const { heldBytesMax, partitionBytes } = limits;
  const isHeld = source.sizeBytes <= Math.min(heldBytesMax, partitionBytes);
  const file = openTextFile(source, limits, isHeld, options.encoding);
  const keyColumns = file.cells.length === 0 ? [] : options.subjectColumns(file.cells);
  const { exactKeys = false, onRows = () => {}, seed } = options;
  const scan: Scan = { file, keyColumns, exactKeys, limits, onRows, seed };
  const partitionCount = Math.ceil((2 * source.sizeBytes) / partitionBytes);
  let scanned = yield* scanInMemory(scan);
  if (source.sizeBytes <= partitionBytes) scanned ??= yield* scanToLyingRows(scan, source, options.spillDir);
  return scanned ?? (yield* scanBySpilling(scan, options.spillDir, partitionCount));
}

interface Scan {
  readonly file: TextFile;
  readonly keyColumns: readonly number[];
  readonly exactKeys: boolean;
  readonly limits: ScanLimits;
  readonly onRows: (rowsRead: number) => void;
  readonly seed: Uint32Array | undefined;
}

function* scanInMemory(scan: Scan): Generator<void, ScannedFile | undefined> {
  const bytes = scan.file.whole;
  if (bytes === undefined) return undefined;
  const rowsMax = rowsFoundMax(scan.limits);
  const table = new SubjectTable(Math.ceil(bytes.length / 64), scan.seed);
  const rows = yield* visitRows(scan, [bytes], (record, _bytes, key) => {
    const subject = table.add(record.row, record.start, record.end, key.bytes, 0, key.length);
    table.mixRow(subject, bytes, record.start, record.end);
    return table.rowCount > rowsMax;
  });
  if (table.rowCount > rowsMax) return undefined;
  const partition = tablePartition(table, heldBytes(bytes), rows.format);
  return { ...rows.facts, partitions: () => [partition], [Symbol.dispose]: () => {} };
}

/** Rows of a few bytes would make the table many times larger than the file. */
function rowsFoundMax({ partitionBytes }: ScanLimits): number {
  return Math.ceil(partitionBytes / 8);
}

/** Where the rows of a file lie that is not held: in itself, or copied one behind the other. */
interface LyingRows extends RowBytes, Partial<Disposable> {
  /** Where the record the scanner has just found lies. */
  place(record: RecordScanner, bytes: Buffer, base: number): number;
  flush?(): void;
}

/** Rows that lie in the source as they are read need not be copied. */
function lyingRows({ file }: Scan, source: ByteSource, spillDir: string): LyingRows {
  const { offset } = file;
  if (source.readAt === undefined || offset === undefined) {
    const copied = new RowFile(spillDir);
    return {
      place: (record, bytes) => copied.add(bytes, record.start, record.end),
      flush: () => copied.flush(),
      text: (start, end) => copied.text(start, end),
      [Symbol.dispose]: () => copied[Symbol.dispose](),
    };
  }
  const window = new RowWindow((into, at) => source.readAt!(into, at));
  return {
    place: (record, _bytes, base) => offset + base + record.start,
    text: (start, end) => window.text(start, end),
  };
}

function* scanToLyingRows(
  scan: Scan,
  source: ByteSource,
  spillDir: string,
): Generator<void, ScannedFile | undefined> {
  using leftBehind = new DisposableStack();
  const rowsMax = rowsFoundMax(scan.limits);
  const table = new SubjectTable(Math.ceil(source.sizeBytes / 64), scan.seed);
  const lying = lyingRows(scan, source, spillDir);
  leftBehind.defer(() => lying[Symbol.dispose]?.());
  const rows = yield* visitRows(scan, scan.file.blocks(), (record, bytes, key, base) => {
    const start = lying.place(record, bytes, base);
    const end = start + record.end - record.start;
    const subject = table.add(record.row, start, end, key.bytes, 0, key.length);
    table.mixRow(subject, bytes, record.start, record.end);
    return table.rowCount > rowsMax;
  });
  lying.flush?.();
  if (table.rowCount > rowsMax) return undefined;
  const kept = leftBehind.move();
  const partition = tablePartition(table, lying, rows.format);
  return { ...rows.facts, partitions: () => [partition], [Symbol.dispose]: () => kept.dispose() };
}

function* scanBySpilling(scan: Scan, spillDir: string, partitionCount: number): Generator<void, ScannedFile> {
  using leftBehind = new DisposableStack();
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, partitionCount)));
  const count = Math.min(Math.max(wanted, partitionsMin), partitionsMax);
  const { partitionBytes, recordBytesMax } = scan.limits;
  const spill = leftBehind.use(new Spill(spillDir, count, Math.max(2 * partitionBytes, recordBytesMax)));
  const rows = yield* visitRows(scan, scan.file.blocks(), (record, bytes, key) => {
    spill.add(record.row, bytes, record.start, record.end, key);
  });
  spill.finish();
  const kept = leftBehind.move();
  return {
    ...rows.facts,
    *partitions() {
      for (let index = 0; index < spill.count; index++) {
        const loaded = spill.load(index, scan.seed);
        yield tablePartition(loaded.table, loaded.rows, rows.format, {
          hashesFrom: index / spill.count,
          hashesTo: (index + 1) / spill.count,
        });
      }
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

interface VisitedRows {
  readonly format: RowFormat;
  readonly facts: Pick<ScannedFile, 'header' | 'notes' | 'rowCount' | 'blankRows' | 'stray'>;
}

/** Told of each data row with the key of its subject. `true` stops the scan. */
type RowVisitor = (record: RecordScanner, bytes: Buffer, key: SubjectKey, base: number) => boolean | void;

/** Visits the data rows of a file, counts them and sees which stray and whether the last one was cut off. */
function* visitRows(scan: Scan, blocks: Iterable<Buffer>, visit: RowVisitor): Generator<void, VisitedRows> {
  const { cells: header, delimiter, notes, cutInCharacter } = scan.file;
  const scanner = new RecordScanner(delimiter, scan.limits);
  scanner.expect(header, scan.keyColumns);
  const key = new SubjectKey(scan.exactKeys);
  const stray = new StrayRowGatherer();
  let rowCount = -1; // The header is the first record.
  let lastRow = 0;
  yield* scanSteps(blocks, scanner, (record, bytes, base) => {
    rowCount++;
    if (rowCount === 0) return false;
    lastRow = record.row;
    if (rowCount % rowsPerReport === 0) scan.onRows(rowCount);
    key.read(record, bytes);
    stray.look(record, bytes, header.length, scan.keyColumns.length > 0 && key.length === 0);
    return visit(record, bytes, key, base);
  });
  rowCount = Math.max(0, rowCount);
  scan.onRows(rowCount);

  // S6: the last row lacks its line break, and cells besides or part of a character.
  const unfinished = !scanner.endsInLineBreak && lastRow === scanner.row;
  const cutOff = unfinished && (scanner.cellCount < header.length || cutInCharacter);
  return {
    format: { delimiter, columns: header.length, cutOffRow: cutOff ? lastRow : undefined },
    facts: { header, notes, rowCount, blankRows: scanner.blankRows, stray: stray.found(cutOff) },
  };
}
