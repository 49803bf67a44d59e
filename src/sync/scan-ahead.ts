import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunRequest } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { openLying } from './delivery-source.ts';
import { newSeed } from './fingerprints.ts';
import { findBundle, getFileKind } from './kinds/registry.ts';
import { defaultScanLimits } from './scan/limits.ts';
import { scanFileSteps, type ScannedFile } from './scan/scan-file.ts';
import { scanOptions } from './scan-options.ts';

/** A file that was scanned before its run began, and the seed of the fingerprints that were gathered. */
export interface ScannedAhead {
  readonly file: ScannedFile;
  readonly seed: Uint8Array;
}

/** The upload that is to be scanned. */
export interface UploadToScan {
  readonly path: string;
  readonly sizeBytes: number;
  readonly request: Pick<RunRequest, 'kind' | 'options'>;
}

/** A scan of less than this is over in a moment. */
const worthwhileBytes = defaultScanLimits.heldBytesMax;

/**
 * Scans an upload while it is packed and stored as a delivery, which mostly waits for other threads: a block at a time,
 * so that storing goes on between. Nothing depends on it. Where it cannot be done, or not be used, the run scans what
 * was stored by itself, and is what tells anybody of a file that is refused.
 */
export class ScanAhead implements Disposable {
  readonly #storedSeed: Promise<Uint8Array | undefined>;
  readonly #scanned: Promise<ScannedAhead | undefined>;
  #unwanted = false;

  private constructor(reader: TenantReader, upload: UploadToScan, spillDir: string) {
    this.#storedSeed = seedOf(reader, upload);
    this.#scanned = this.#scan(upload, spillDir).catch(() => undefined);
  }

  /** Undefined for what is not worth it, or not one file but several. */
  static begin(reader: TenantReader, upload: UploadToScan, spillDir: string): ScanAhead | undefined {
    if (upload.sizeBytes < worthwhileBytes || findBundle(upload.request.kind) !== undefined) return undefined;
    return new ScanAhead(reader, upload, spillDir);
  }

  /**
   * The scanned file, to be disposed of by the taker; undefined where there is none, or where it was begun under
   * another seed than is stored now, so that its fingerprints can be compared with nothing.
   */
  async take(storedSeed: Uint8Array | undefined): Promise<ScannedAhead | undefined> {
    const scanned = await this.#scanned;
    if (scanned === undefined || this.#unwanted) return undefined;
    if (!isSame(await this.#storedSeed, storedSeed)) return undefined;
    this.#unwanted = true;
    return scanned;
  }

  /** Gives up what nobody has taken. */
  [Symbol.dispose](): void {
    if (this.#unwanted) return;
    this.#unwanted = true;
    void this.#scanned.then((scanned) => scanned?.file[Symbol.dispose]());
  }

  async #scan(
    { path, sizeBytes, request }: UploadToScan,
    spillDir: string,
  ): Promise<ScannedAhead | undefined> {
    const seed = (await this.#storedSeed) ?? newSeed();
    using opened = new DisposableStack();
    const source = openLying(path, sizeBytes);
    if (source === undefined) return undefined;
    opened.use(source);
    const steps = scanFileSteps(source, scanOptions(getFileKind(request.kind), request, { spillDir, seed }));
    opened.defer(() => steps.return(undefined as never));
    for (;;) {
      if (this.#unwanted) return undefined;
      const { done, value } = steps.next();
      if (done === true) {
        opened.use(value);
        const kept = opened.move();
        return { file: { ...value, [Symbol.dispose]: () => kept.dispose() }, seed };
      }
      await nextTurn();
    }
  }
}

async function seedOf(reader: TenantReader, { request }: UploadToScan): Promise<Uint8Array | undefined> {
  return (await reader.fingerprints.findSet(getFileKind(request.kind).name))?.seed;
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.compare(one, other) === 0;
}
