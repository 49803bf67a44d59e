import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import { limits } from '../config/config.ts';
import { MusterError } from '../domain/errors.ts';
import { SpoolFile, type SpooledUpload, type UploadOptions } from './spool-file.ts';

const partsMax = 100;

/** More files than this no delivery has. */
const filesMax = 20;

/** A file part on its way into the spool. */
interface TakenPart {
  readonly part: BusboyFileStream;
  readonly fileName: string | undefined;
  readonly filling: Promise<SpooledUpload>;
}

/** The form of one request, of which files go into the spool. */
export class FormInSpool {
  readonly #options: UploadOptions;
  readonly #files: SpoolFile[] = [];
  readonly #taken: TakenPart[] = [];

  /** What all files together may weigh is limited by the options, too. */
  constructor(options: UploadOptions) {
    const { bytesMax = limits.uploadBytesMax } = options;
    this.#options = { ...options, bytesMax, budget: { bytesLeft: bytesMax } };
  }

  /** I3: reads the form to its end and gives its first file. Whatever goes wrong, `discard` has to follow. */
  async read(request: IncomingMessage): Promise<SpooledUpload> {
    const [first] = await this.#readForm(request, () => this.#taken.some((taken) => this.#isThere(taken)));
    if (first === undefined) throw noFilePart();
    return first;
  }

  /** The same for every file of the form. */
  async readAll(request: IncomingMessage): Promise<SpooledUpload[]> {
    const all = await this.#readForm(request, () => {
      if (this.#taken.length < filesMax) return false;
      throw new MusterError('bad-request', `The form has more than ${filesMax} files.`);
    });
    const files = all.filter(({ fileName, sizeBytes }) => fileName !== '' || sizeBytes > 0);
    if (files.length === 0) throw noFilePart();
    return files;
  }

  /** `isEnough`: whether a file that comes now is only read past. */
  #readForm(request: IncomingMessage, isEnough: () => boolean): Promise<SpooledUpload[]> {
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
        try {
          if (isEnough()) part.resume();
          else this.#take(part, fileName).catch(reject);
        } catch (error) {
          part.resume();
          reject(error);
        }
      });
      parser.on('partsLimit', () =>
        reject(new MusterError('bad-request', `The form has more than ${partsMax} parts.`)),
      );
      parser.on('error', reject);
      parser.on('finish', () => {
        const there = this.#taken.filter((taken) => this.#isThere(taken));
        Promise.all(there.map(({ filling }) => filling)).then(resolve, reject);
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
    this.#taken.push({ part, fileName, filling });
    return filling;
  }

  /** Whether a file came; a browser sends a nameless part without bytes where no file was chosen. */
  #isThere({ fileName, part }: TakenPart): boolean {
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
