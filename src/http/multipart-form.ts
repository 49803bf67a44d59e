import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import { MusterError } from '../domain/errors.ts';
import { SpoolFile, type SpooledUpload, type UploadOptions } from './spool-file.ts';

const partsMax = 100;

/** A file part on its way into the spool. */
interface TakenPart {
  readonly part: BusboyFileStream;
  readonly fileName: string | undefined;
  readonly filling: Promise<SpooledUpload>;
}

/** I3: the form of one request, of which the first file goes into the spool. */
export class FormInSpool {
  readonly #options: UploadOptions;
  readonly #files: SpoolFile[] = [];
  #taken: TakenPart | undefined;

  constructor(options: UploadOptions) {
    this.#options = options;
  }

  /** Reads the form to its end. Whatever goes wrong, `discard` has to follow. */
  read(request: IncomingMessage): Promise<SpooledUpload> {
    return new Promise((resolve, reject) => {
      const parser = new Busboy({
        headers: request.headers as BusboyHeaders,
        limits: { parts: partsMax, fieldSize: 64 * 1024, headerSize: 64 * 1024 },
        isPartAFile: (_field, type, fileName) =>
          fileName !== undefined || type === 'application/octet-stream' || type === 'text/csv',
      });
      parser.on('file', (_field: string, part: BusboyFileStream, fileName: string | undefined) => {
        // A broken-off upload errors the part as well; without a handler that would end the process.
        part.on('error', reject);
        if (this.#holdsFile()) part.resume();
        else this.#take(part, fileName).catch(reject);
      });
      parser.on('partsLimit', () =>
        reject(new MusterError('bad-request', `The form has more than ${partsMax} parts.`)),
      );
      parser.on('error', reject);
      parser.on('finish', () => {
        if (this.#holdsFile()) this.#taken!.filling.then(resolve, reject);
        else reject(noFilePart());
      });
      request.on('error', reject);
      request.on('close', () => {
        if (!request.complete) reject(brokenOff());
      });
      request.pipe(parser);
    });
  }

  /** Leaves nothing in the spool. */
  async discard(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.remove()));
  }

  #take(part: BusboyFileStream, fileName: string | undefined): Promise<SpooledUpload> {
    const file = new SpoolFile(this.#options);
    this.#files.push(file);
    const filling = file.take(part, fileName ?? '');
    this.#taken = { part, fileName, filling };
    return filling;
  }

  /** Whether a file came; a browser sends a nameless part without bytes where no file was chosen. */
  #holdsFile(): boolean {
    if (this.#taken === undefined) return false;
    const { fileName, part } = this.#taken;
    return fileName !== '' || part.bytesRead > 0;
  }
}

function noFilePart(): MusterError {
  return new MusterError(
    'bad-request',
    'The form has no file part. Send the CSV as a file, e.g. curl -F "file=@contacts.csv".',
  );
}

/** What is said of an upload that ended before its end. */
export function brokenOff(): MusterError {
  return new MusterError('bad-request', 'The upload was broken off. Nothing was imported.');
}
