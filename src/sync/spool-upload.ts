import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MusterError } from '../domain/errors.ts';
import type { Upload } from './receive.ts';

/**
 * Takes a stream whole into a new file of the spool, hashing on the way, so that what is stored later is what
 * was hashed. `too-large` beyond `bytesMax`; whoever called removes the file, also after an error.
 */
export async function spoolUpload(
  source: Readable,
  { path, fileName, bytesMax }: { path: string; fileName: string; bytesMax: number },
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
  await pipeline(source, measure, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
  return { path, sizeBytes, sha256: hash.digest('hex'), fileName };
}
