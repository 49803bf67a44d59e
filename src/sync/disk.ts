import { readSync, writeSync } from 'node:fs';
import { MusterError } from '../domain/errors.ts';

// EFBIG: a limit on the size of files, which to whoever sends one is a full disk too.
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const readOnlyCodes = new Set(['EROFS', 'EACCES', 'EPERM']);

/** What the operating system says of a disk, in the words of the error catalogue; all else as it is. */
export function diskRefusal(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof MusterError) return error;
  if (fullCodes.has(code)) {
    return new MusterError(
      'storage-full',
      'The disk is full. Nothing was changed; free some space and send it again.',
    );
  }
  if (readOnlyCodes.has(code)) {
    return new MusterError(
      'storage-read-only',
      'The data directory cannot be written to. Check its owner and permissions.',
    );
  }
  if (code === 'EIO') return new MusterError('storage-full', 'The disk failed. Nothing was changed.');
  return error;
}

/** Does some work with temporary files; what the disk refuses is thrown as `diskRefusal` says it. */
export function onDisk<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw diskRefusal(error);
  }
}

/** Writes all of the bytes: a disk that is nearly full may take only some of them at a time. */
export function writeWhole(fd: number, bytes: Uint8Array): void {
  onDisk(() => {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
  });
}

/** Fills `into` with the bytes of a file from `at` on, as far as there are any. */
export function readAt(fd: number, into: Buffer, at: number): void {
  onDisk(() => {
    for (let done = 0; done < into.length;) {
      const read = readSync(fd, into, done, into.length - done, at + done);
      if (read === 0) return;
      done += read;
    }
  });
}
