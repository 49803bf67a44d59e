import type { Clock } from '../ports/clock.ts';
import type { Progress } from '../ports/system-store.ts';
import type { ScanAhead } from './scan-ahead.ts';

/** What a run is done with, beside the store. */
export interface ImportSurroundings {
  readonly clock: Clock;
  /** Where large files may be unpacked. */
  readonly spillDir: string;
  /** Where the delivered bytes still lie as they came; unpacked from the delivery where they do not. */
  readonly file?: string | undefined;
  /** Its scan, if that was begun while the delivery was stored. */
  readonly scanned?: ScanAhead | undefined;
  readonly onProgress: (progress: Progress) => void;
  /** How many records a plan may have to be kept between planning and applying. */
  readonly plannedRecordsMax?: number;
  /** How many subjects are planned and written at a time. */
  readonly subjectsPerBatch?: number;
  /** Beyond how many memberships access is no longer counted by patron. */
  readonly accessMembersMax?: number;
  /** What a delivery of several files may unpack to. */
  readonly unpackedBytesMax?: number;
}
