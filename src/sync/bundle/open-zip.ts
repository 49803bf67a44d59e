import { Readable } from 'node:stream';
import { fromBufferPromise, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { MusterError } from '../../domain/errors.ts';
import { readWhole, type ByteSource } from '../scan/byte-source.ts';

const readBytes = 256 * 1024;

/**
 * Opens a delivery as a ZIP, ZIP64 included; nothing of it is unpacked yet. `file-refused` for what is none or was
 * cut off. Names that lead out of the archive (`../`, absolute ones) are refused when their entries are met.
 */
export async function openZip(source: ByteSource): Promise<ZipFile> {
  const options = { autoClose: false, lazyEntries: true, decodeStrings: true, validateEntrySizes: true };
  try {
    if (source.readAt === undefined) return await fromBufferPromise(readWhole(source), options);
    return await fromRandomAccessReaderPromise(new SourceReader(source), source.sizeBytes, options);
  } catch (error) {
    throw asZipRefusal(error);
  }
}

/** What the reader of ZIPs says of one, as a refusal; troubles of ours as they are. */
export function asZipRefusal(error: unknown): unknown {
  if (error instanceof MusterError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  // The operating system's codes are no fault of the archive; those of zlib are.
  if (code !== undefined && !code.startsWith('Z_')) return error;
  return new MusterError(
    'file-refused',
    `The delivery cannot be read as a ZIP (${message}). It may have been cut off; make it anew and send it again.`,
  );
}

/** A source that can be read anywhere, as the library asks for it. */
class SourceReader extends RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const source = this.#source;
    return Readable.from(
      (function* () {
        for (let at = start; at < end; at += readBytes) {
          const chunk = Buffer.allocUnsafe(Math.min(readBytes, end - at));
          source.readAt!(chunk, at);
          yield chunk;
        }
      })(),
      { objectMode: false },
    );
  }
}
