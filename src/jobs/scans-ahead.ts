import type { TenantReader } from '../ports/tenant-store.ts';
import { ScanAhead, type UploadToScan } from '../sync/scan-ahead.ts';

/** What was scanned while it was received waits so long for its run, which another thread or process may do. */
const keptMsMax = 5_000;

interface Arriving {
  readonly path: string;
  /** None until it is begun. */
  scan?: ScanAhead | undefined;
}

/**
 * The scans that a thread does ahead: of one upload that arrives, and of one that is stored and waits for its run.
 *
 * State: these two; a scan that is given away belongs to whoever got it.
 */
export class ScansAhead {
  readonly #spillDir: string;
  #arriving: Arriving | undefined;
  #kept: { readonly run: string; readonly scan: ScanAhead; readonly timer: NodeJS.Timeout } | undefined;

  constructor(spillDir: string) {
    this.#spillDir = spillDir;
  }

  /** Begins to scan an upload that arrives, unless the thread is given something else to do before it can. */
  async beginArriving(upload: UploadToScan, open: () => Promise<TenantReader>): Promise<void> {
    this.giveUpArriving();
    const arriving: Arriving = { path: upload.path };
    this.#arriving = arriving;
    const reader = await open();
    if (this.#arriving === arriving) arriving.scan = ScanAhead.beginArriving(reader, upload, this.#spillDir);
  }

  giveUpArriving(): void {
    this.#arriving?.scan?.[Symbol.dispose]();
    this.#arriving = undefined;
  }

  /** The scan of an upload that is whole: begun while it arrived, or now; undefined where it is not worth it. */
  ofWhole(reader: TenantReader, upload: UploadToScan): ScanAhead | undefined {
    const early = this.#arriving?.path === upload.path ? this.#arriving.scan : undefined;
    if (early?.arrived(upload.sizeBytes) === true) {
      this.#arriving = undefined;
      return early;
    }
    this.giveUpArriving();
    return ScanAhead.begin(reader, upload, this.#spillDir);
  }

  /** Keeps a scan for its run. */
  keep(run: string, scan: ScanAhead): void {
    this.#giveUpKept();
    this.#kept = { run, scan, timer: setTimeout(() => this.#giveUpKept(), keptMsMax) };
  }

  /** The scan for that run, if it is there; any other is given up. */
  take(run: string): ScanAhead | undefined {
    if (this.#kept?.run !== run) {
      this.#giveUpKept();
      return undefined;
    }
    const { scan, timer } = this.#kept;
    clearTimeout(timer);
    this.#kept = undefined;
    return scan;
  }

  #giveUpKept(): void {
    if (this.#kept === undefined) return;
    clearTimeout(this.#kept.timer);
    this.#kept.scan[Symbol.dispose]();
    this.#kept = undefined;
  }
}
