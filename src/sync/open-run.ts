import type { RowNote } from '../domain/outcome.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { findFiles } from './bundle/find-files.ts';
import type { ImportBundle } from './bundle/import-bundle.ts';
import { namingTheFile } from './bundle/naming-the-file.ts';
import { openZip } from './bundle/open-zip.ts';
import { unpackEntry } from './bundle/unpack-entry.ts';
import { openDelivery, type DeliveryPlaces } from './delivery-source.ts';
import type { FileToPlan } from './file-to-plan.ts';
import { newSeed } from './fingerprints.ts';
import { findBundle, getFileKind, resolveOptions } from './kinds/registry.ts';
import type { ByteSource } from './scan/byte-source.ts';
import { scanFile } from './scan/scan-file.ts';
import { scanOptions } from './scan-options.ts';
import type { ImportSurroundings } from './surroundings.ts';

/** What a whole delivery of several files may unpack to. */
export const unpackedBytesMax = 4 * 1024 ** 3;

/** The files of a run, scanned, in the order in which they are to be planned. */
export interface OpenedRun extends Disposable {
  readonly files: readonly FileToPlan[];
  /** About the delivery as a whole. */
  readonly notes: readonly RowNote[];
}

type Surroundings = DeliveryPlaces & Pick<ImportSurroundings, 'onProgress' | 'unpackedBytesMax' | 'scanned'>;

/** Finds and scans what was delivered. `file-refused` for what cannot be read, `gone` once the bytes are purged. */
export async function openRun(reader: TenantReader, run: Run, around: Surroundings): Promise<OpenedRun> {
  const opened = new DisposableStack();
  try {
    const source = opened.use(await openDelivery(reader, run.deliveryId!, around));
    const scanning = new FileScanning(reader, run, around, opened);
    const bundle = findBundle(run.kind);
    const notes =
      bundle === undefined
        ? await scanning.add({ source, name: undefined, run })
        : await scanning.addBundle(bundle, source);
    return { files: scanning.files, notes, [Symbol.dispose]: () => opened.dispose() };
  } catch (error) {
    opened.dispose();
    throw error;
  }
}

/** One file on its way to be scanned; `run` has its kind, mode and options. */
interface FileToScan {
  readonly source: ByteSource;
  readonly name: string | undefined;
  readonly run: Run;
}

class FileScanning {
  readonly files: FileToPlan[] = [];
  readonly #reader: TenantReader;
  readonly #run: Run;
  readonly #around: Surroundings;
  readonly #opened: DisposableStack;
  #rowsBefore = 0;

  constructor(reader: TenantReader, run: Run, around: Surroundings, opened: DisposableStack) {
    this.#reader = reader;
    this.#run = run;
    this.#around = around;
    this.#opened = opened;
  }

  async addBundle(bundle: ImportBundle, source: ByteSource): Promise<readonly RowNote[]> {
    const zip = await openZip(source);
    const { files, notes } = await findFiles(zip, bundle);
    const bytesMax = this.#around.unpackedBytesMax ?? unpackedBytesMax;
    const budget = { bytesLeft: bytesMax, bytesMax };
    for (const { file, entry } of files) {
      const unpacked = this.#opened.use(await unpackEntry(zip, entry, budget, this.#around.spillDir));
      const kind = getFileKind(file.kind);
      const options = resolveOptions(kind, {});
      const run: Run = { ...this.#run, kind: kind.name, mode: kind.modes[0]!.name, options };
      await namingTheFile(entry.fileName, () => this.add({ source: unpacked, name: entry.fileName, run }));
    }
    return notes;
  }

  async add({ source, name, run }: FileToScan): Promise<readonly RowNote[]> {
    const { spillDir, onProgress } = this.#around;
    const kind = getFileKind(run.kind);
    const stored = (await this.#reader.fingerprints.findSet(kind.name))?.seed;
    const ahead = name === undefined ? await this.#around.scanned?.take(stored) : undefined;
    const seed = ahead?.seed ?? stored ?? newSeed();
    const before = this.#rowsBefore;
    const progress = { runId: run.id, subjectsPlanned: 0, subjectsTotal: 0, applied: 0 };
    const onRows = (rowsRead: number) => onProgress({ ...progress, rowsRead: before + rowsRead });
    const file = this.#opened.use(
      ahead?.file ?? scanFile(source, scanOptions(kind, run, { spillDir, seed, onRows })),
    );
    if (ahead !== undefined) onRows(file.rowCount);
    this.#rowsBefore += file.rowCount;
    this.files.push({ name, number: this.files.length, file, kind, run, seed });
    return [];
  }
}
