import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TenantReader } from '../ports/tenant-store.ts';
import { ArrivingFile } from './arriving-file.ts';
import { openLying } from './delivery-source.ts';
import { newSeed } from './fingerprints.ts';
import { findBundle, getFileKind } from './kinds/registry.ts';
import type { UploadPurpose } from './receive.ts';
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
  /** While it is still arriving: what it may weigh at most. */
  readonly sizeBytes: number;
  readonly request: UploadPurpose;
}

const worthwhileBytes = defaultScanLimits.heldBytesMax;

/**
 * Scans an upload while it arrives, or while it is packed and stored as a delivery, which both mostly wait for others:
 * a block at a time, so that these go on between. Nothing depends on it. Where it cannot be done, or not be used, the
 * run scans what was stored by itself, and is what tells anybody of a file that is refused.
 */
export class ScanAhead implements Disposable {
  readonly #storedSeed: Promise<Uint8Array | undefined>;
  readonly #scanned: Promise<ScannedAhead | undefined>;
  readonly #arriving: ArrivingFile | undefined;
  #isVain = false;
  #unwanted = false;

  private constructor(
    reader: TenantReader,
    upload: UploadToScan,
    spillDir: string,
    arriving: ArrivingFile | undefined,
  ) {
    this.#arriving = arriving;
    this.#storedSeed = seedOf(reader, upload);
    this.#scanned = this.#scan(upload, spillDir)
      .catch(() => undefined)
      .then((scanned) => {
        this.#isVain = scanned === undefined;
        return scanned;
      });
  }

  /** Undefined for what is not worth it, or not one file but several. */
  static begin(reader: TenantReader, upload: UploadToScan, spillDir: string): ScanAhead | undefined {
    return isWorthScanning(upload) ? new ScanAhead(reader, upload, spillDir, undefined) : undefined;
  }

  /** The same of a file that is still being written. */
  static beginArriving(reader: TenantReader, upload: UploadToScan, spillDir: string): ScanAhead | undefined {
    const arriving = isWorthScanning(upload) ? ArrivingFile.open(upload.path, upload.sizeBytes) : undefined;
    return arriving && new ScanAhead(reader, upload, spillDir, arriving);
  }

  /** What was arriving is whole, with so many bytes; false where its scan has come to nothing. */
  arrived(sizeBytes: number): boolean {
    this.#arriving?.end(sizeBytes);
    return !this.#isVain;
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
    // Nobody waits for the rest of it any more.
    this.#arriving?.[Symbol.dispose]();
    void this.#scanned.then((scanned) => scanned?.file[Symbol.dispose]());
  }

  async #scan(
    { path, sizeBytes, request }: UploadToScan,
    spillDir: string,
  ): Promise<ScannedAhead | undefined> {
    using opened = new DisposableStack();
    const arriving = this.#arriving;
    const source = arriving ?? openLying(path, sizeBytes);
    if (source === undefined) return undefined;
    opened.use(source);
    const seed = (await this.#storedSeed) ?? newSeed();
    if ((await arriving?.isReady()) === false) return undefined;
    const encoding = arriving?.presumed();
    const options = scanOptions(getFileKind(request.kind), request, { spillDir, seed, encoding });
    const steps = scanFileSteps(source, options);
    opened.defer(() => steps.return(undefined as never));
    for (;;) {
      if (this.#unwanted || (await arriving?.isReady()) === false) return undefined;
      const { done, value } = steps.next();
      if (done === true) {
        opened.use(value);
        if (arriving?.wasAsPresumed() === false) return undefined;
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

/** Whether scanning it ahead gains anything: a small one is scanned in a moment, and several files are unpacked first. */
export function isWorthScanning({ sizeBytes, request }: UploadToScan): boolean {
  return sizeBytes >= worthwhileBytes && findBundle(request.kind) === undefined;
}
