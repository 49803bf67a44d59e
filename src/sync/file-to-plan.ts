import type { Run } from '../ports/runs.ts';
import type { ImportKind } from './import-kind.ts';
import type { ScannedFile } from './scan/scan-file.ts';

/** One file of a run. */
export interface FileToPlan {
  /** As it was sent, in a delivery of several. */
  readonly name: string | undefined;
  /** Its place in the run. */
  readonly number: number;
  readonly file: ScannedFile;
  readonly kind: ImportKind;
  /** The run, with the mode and options that hold for this file. */
  readonly run: Run;
  /** Of the fingerprints that the scan gathered. */
  readonly seed: Uint8Array;
}
