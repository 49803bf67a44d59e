import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Channel } from '../../src/ports/changes.ts';
import type { ImportKindName, Run } from '../../src/ports/runs.ts';
import type { Storage } from '../../src/ports/storage.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { oneDelivery } from '../../src/sync/bundle/pack-files.ts';
import { receiveUpload, sha256Of, type ImportRequest, type Upload } from '../../src/sync/receive.ts';
import { runImport } from '../../src/sync/run-import.ts';
import { runUndo } from '../../src/sync/run-undo.ts';
import type { ImportSurroundings } from '../../src/sync/surroundings.ts';
import { makePlace, openPlace } from './engines.ts';

export interface CsvImport {
  readonly kind?: ImportKindName;
  readonly mode?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
  readonly sender?: string;
  readonly channel?: Channel;
}

/** What tests may change about the way the engine works. */
export type EngineTuning = Partial<Omit<ImportSurroundings, 'clock' | 'spillDir'>>;

/** The engine on a fresh data directory, without server or threads; time stands still unless moved. */
export interface TestEngine extends AsyncDisposable {
  readonly storage: Storage;
  /** Store of tenant `main`. */
  readonly store: TenantStore;
  readonly clock: { time: number; now(): number };
  readonly spillDir: string;
  /** Stores a file with its run, not done yet. */
  receive(csv: string, request?: CsvImport): Promise<number>;
  /** The same for any bytes, as a file of that name. */
  receiveBytes(bytes: Buffer, fileName: string, request?: CsvImport): Promise<number>;
  /** The same for several files as one delivery, by name. */
  receiveFiles(files: Readonly<Record<string, string>>, request?: CsvImport): Promise<number>;
  /** Does a received run, an undo too. */
  perform(runId: number, tuning?: EngineTuning): Promise<Run>;
  /** `receive` and `perform`. */
  importCsv(csv: string, request?: CsvImport, tuning?: EngineTuning): Promise<Run>;
}

export async function openEngine(time = Date.UTC(2026, 0, 5)): Promise<TestEngine> {
  const place = await makePlace('engine');
  const { dataDir } = place;
  const clock = { time, now: () => clock.time };
  const storage = await openPlace(place, clock);
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'Europe/London' }, []);
  const store = await storage.tenant('main');
  let packed = 0;

  async function receiveBytes(bytes: Buffer, fileName: string, request: CsvImport = {}): Promise<number> {
    const path = join(dataDir, 'upload');
    await writeFile(path, bytes);
    const upload = { path, sizeBytes: bytes.length, sha256: sha256Of(bytes), fileName };
    return receiveUpload(store, upload, requestOf(request), clock.now());
  }

  async function receiveFiles(
    files: Readonly<Record<string, string>>,
    request: CsvImport = {},
  ): Promise<number> {
    const uploads: Upload[] = [];
    for (const [fileName, text] of Object.entries(files)) {
      const bytes = Buffer.from(text);
      const path = join(dataDir, `upload-${uploads.length}`);
      await writeFile(path, bytes);
      uploads.push({ path, sizeBytes: bytes.length, sha256: sha256Of(bytes), fileName });
    }
    const into = { path: join(dataDir, `packed-${packed++}`), fileName: 'webcheckout.zip' };
    const delivery = await oneDelivery(uploads, into);
    return receiveUpload(store, delivery, requestOf({ kind: 'webcheckout', ...request }), clock.now());
  }

  async function perform(runId: number, tuning: EngineTuning = {}): Promise<Run> {
    const around = { onProgress: () => {}, ...tuning, clock, spillDir: dataDir };
    const run = await store.read.runs.findById(runId);
    await (run?.undoes === null ? runImport : runUndo)(store, runId, around);
    return (await store.read.runs.findById(runId))!;
  }

  const engine: TestEngine = {
    storage,
    store,
    clock,
    spillDir: dataDir,
    receive: (csv, request = {}) =>
      receiveBytes(Buffer.from(csv), `${request.kind ?? 'contacts'}.csv`, request),
    receiveBytes,
    receiveFiles,
    perform,
    importCsv: async (csv, request, tuning) => perform(await engine.receive(csv, request), tuning),
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
  return engine;
}

function requestOf(request: CsvImport): ImportRequest {
  const { kind = 'contacts', options = {}, dryRun = false, sender = 'autoimport', channel = 'api' } = request;
  const mode = request.mode ?? (kind === 'contacts' ? 'replaceDeclaredPatrons' : 'addOrUpdate');
  return { kind, mode, options, channel, sender, dryRun };
}
