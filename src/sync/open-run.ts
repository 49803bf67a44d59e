import type { RowNote } from '../domain/outcome.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { openDelivery, type DeliveryPlaces } from './delivery-source.ts';
import { newSeed } from './fingerprints.ts';
import type { ImportKind } from './import-kind.ts';
import { getImportKind } from './kinds/registry.ts';
import type { FileToPlan } from './file-to-plan.ts';
import type { ByteSource } from './scan/byte-source.ts';
import { seedWords } from './scan/fingerprint.ts';
import { scanFile } from './scan/scan-file.ts';
import type { ImportSurroundings } from './surroundings.ts';

/** The files of a run, scanned, in the order in which they are to be planned. */
export interface OpenedRun extends Disposable {
  readonly files: readonly FileToPlan[];
  /** About the delivery as a whole. */
  readonly notes: readonly RowNote[];
}

type Surroundings = DeliveryPlaces & Pick<ImportSurroundings, 'onProgress'>;

/** Finds and scans what was delivered. `file-refused` for what cannot be read, `gone` once the bytes are purged. */
export async function openRun(reader: TenantReader, run: Run, around: Surroundings): Promise<OpenedRun> {
  const disposables = new DisposableStack();
  try {
    const source = disposables.use(await openDelivery(reader, run.deliveryId!, around));
    const kind = getImportKind(run.kind);
    const file = await openFile(reader, run, kind, source, around);
    disposables.use(file.file);
    return { files: [file], notes: [], [Symbol.dispose]: () => disposables.dispose() };
  } catch (error) {
    disposables.dispose();
    throw error;
  }
}

async function openFile(
  reader: TenantReader,
  run: Run,
  kind: ImportKind,
  source: ByteSource,
  { spillDir, onProgress }: Surroundings,
): Promise<FileToPlan> {
  const seed = (await reader.fingerprints.findSet(kind.name))?.seed ?? newSeed();
  const file = scanFile(source, {
    spillDir,
    seed: seedWords(seed),
    exactKeys: kind.exactKeys,
    subjectColumns: (header) => kind.subjectColumns(header, run),
    onRows: (rowsRead) =>
      onProgress({ runId: run.id, rowsRead, subjectsPlanned: 0, subjectsTotal: 0, applied: 0 }),
  });
  return { name: undefined, number: 0, file, kind, run, seed };
}
