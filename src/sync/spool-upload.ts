import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MusterError } from '../domain/errors.ts';
import type { Upload } from './receive.ts';

/** What may wait for the disk, so that the sender need not stop for each piece that is written. */
const waitingBytes = 256 * 1024;

/** What is left of what several files may weigh together. */
export interface SpoolBudget {
  bytesLeft: number;
}

export interface SpoolOptions {
  readonly path: string;
  readonly fileName: string;
  readonly bytesMax: number;
  readonly budget?: SpoolBudget | undefined;
  readonly signal?: AbortSignal;
  /** Told once the file is there and about to be filled. */
  readonly onOpen?: ((path: string) => void) | undefined;
}

/**
 * Takes a stream whole into a new file of the spool, hashing on the way, so that what is stored later is what
 * was hashed. `too-large` beyond `bytesMax`, or beyond what is left of a budget; `signal` stops it. Whoever called removes the file, also after an
 * error: by then nobody writes to it any more.
 */
export async function spoolUpload(
  source: Readable,
  { path, fileName, bytesMax, budget, signal, onOpen }: SpoolOptions,
): Promise<Upload> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = new Transform({
    highWaterMark: waitingBytes,
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (budget !== undefined) budget.bytesLeft -= chunk.length;
      if (sizeBytes > bytesMax || (budget?.bytesLeft ?? 0) < 0) {
        done(tooLarge(sizeBytes > bytesMax ? 'The file is' : 'The files together are', bytesMax));
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: waitingBytes });
  if (onOpen !== undefined) file.once('open', () => onOpen(path));
  await pipeline(source, measure, file, signal ? { signal } : {});
  return { path, sizeBytes, sha256: hash.digest('hex'), fileName };
}

function tooLarge(what: string, bytesMax: number): MusterError {
  return new MusterError(
    'too-large',
    `${what} larger than the ${bytesMax} bytes allowed here. Nothing was imported.`,
  );
}
