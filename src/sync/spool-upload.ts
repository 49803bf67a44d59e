import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MusterError } from '../domain/errors.ts';
import type { Upload } from './receive.ts';

export interface SpoolOptions {
  readonly path: string;
  readonly fileName: string;
  readonly bytesMax: number;
  readonly signal?: AbortSignal;
}

/**
 * Takes a stream whole into a new file of the spool, hashing on the way, so that what is stored later is what
 * was hashed. `too-large` beyond `bytesMax`; `signal` stops it. Whoever called removes the file, also after an
 * error: by then nobody writes to it any more.
 */
export async function spoolUpload(
  source: Readable,
  { path, fileName, bytesMax, signal }: SpoolOptions,
): Promise<Upload> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      if (sizeBytes > bytesMax) {
        done(
          new MusterError(
            'too-large',
            `The file is larger than the ${bytesMax} bytes allowed here. Nothing was imported.`,
          ),
        );
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  await pipeline(source, measure, file, signal ? { signal } : {});
  return { path, sizeBytes, sha256: hash.digest('hex'), fileName };
}
