import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What cannot write this says that the disk is full: not even a small import would fit. */
const probeBytes = 256 * 1024;

/** Codes of the system for a folder that refuses writes. */
export const readOnlyCodes: ReadonlySet<string> = new Set(['EACCES', 'EROFS', 'EPERM']);

/** Writes and removes a file in the data directory; `undefined` when well, else what is wrong, fit for a log. */
export async function dataDirProblem(dataDir: string): Promise<string | undefined> {
  const probe = join(dataDir, `write-check-${process.pid}.tmp`);
  try {
    try {
      await writeFile(probe, Buffer.alloc(probeBytes), { mode: 0o600, flush: true });
    } finally {
      await rm(probe, { force: true });
    }
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && readOnlyCodes.has(code)) return 'The data directory cannot be written to.';
    if (code === 'ENOSPC' || code === 'EDQUOT') return 'The disk that holds the data directory is full.';
    return error instanceof Error ? error.message : String(error);
  }
}
