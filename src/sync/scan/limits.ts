import { MusterError } from '../../domain/errors.ts';

/** What a file may not go beyond. The last two refuse nothing. */
export interface ScanLimits {
  readonly columnsMax: number;
  readonly cellBytesMax: number;
  readonly recordBytesMax: number;
  /** A file of up to this size is held in memory; of a larger one only where its rows lie. */
  readonly heldBytesMax: number;
  /** The rows of so much of a file are found in memory at once; a larger file goes through partition files. */
  readonly partitionBytes: number;
}

export const defaultScanLimits: ScanLimits = {
  columnsMax: 1000,
  cellBytesMax: 64 * 1024,
  recordBytesMax: 1024 * 1024,
  heldBytesMax: 4 * 1024 * 1024,
  partitionBytes: 64 * 1024 * 1024,
};

/** The limits with the defaults filled in. */
export function scanLimits(limits: Partial<ScanLimits> = {}): ScanLimits {
  return { ...defaultScanLimits, ...limits };
}

/** Refuses the whole file: `detail` says where and what to do, `facts` the same for a program. */
export function refuseFile(detail: string, facts: Record<string, unknown> = {}): never {
  throw new MusterError('file-refused', detail, facts);
}

/** A size limit in the words of a message. */
export function sizeWords(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${Math.round(bytes / (1024 * 1024))} MiB`;
  return bytes >= 1024 ? `${Math.round(bytes / 1024)} KiB` : `${bytes} bytes`;
}
