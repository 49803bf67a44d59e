import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyFileStream, type BusboyHeaders } from '@fastify/busboy';
import { limits } from '../config/config.ts';
import { MusterError } from '../domain/errors.ts';
import type { Upload } from '../sync/receive.ts';
import { spoolUpload } from '../sync/spool-upload.ts';

/** An upload lying whole in the spool; disposing removes it. */
export interface SpooledUpload extends Upload, AsyncDisposable {}

export interface UploadLimits {
  /** What one file may weigh. */
  readonly bytesMax?: number;
  /** How long the sender may be silent. */
  readonly idleMs?: number;
}

export interface UploadOptions extends UploadLimits {
  readonly spoolDir: string;
}

const partsMax = 100;

/**
 * Takes the first *file* part of a multipart request into the spool (I3); its names are kept for show only,
 * other parts are read and dropped. Works for bodies as curl, .NET and browsers shape them. `bad-request` when
 * the body is not multipart, has no file, is broken off or is no whole form; `too-large` beyond the limit: then
 * nothing at all is kept, since half a file would look like a whole one.
 */
export async function receiveMultipart(
  request: IncomingMessage,
  options: UploadOptions,
): Promise<SpooledUpload> {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new MusterError(
      'bad-request',
      'Send the file as multipart/form-data, e.g. curl -F "file=@contacts.csv".',
    );
  }
  refuseEncodedBody(request);
  const spool = new SpoolFile(options);
  try {
    return await readParts(request, spool);
  } catch (error) {
    await spool.remove();
    throw asRefusal(error);
  }
}

/** Takes a bare body (`text/csv`) into the spool; the same refusals. */
export async function receiveBody(
  request: IncomingMessage,
  fileName: string,
  options: UploadOptions,
): Promise<SpooledUpload> {
  refuseEncodedBody(request);
  const spool = new SpoolFile(options);
  try {
    return await withIdleLimit(request, options.idleMs ?? limits.uploadIdleMs, () =>
      spool.fill(request, fileName),
    );
  } catch (error) {
    await spool.remove();
    throw asRefusal(error);
  }
}

function refuseEncodedBody(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new MusterError(
    'unsupported-media-type',
    `The body is encoded as “${encoding}”. Send it as it is, without Content-Encoding.`,
  );
}

/** One file of the spool folder, filled once. */
class SpoolFile {
  readonly #path: string;
  readonly #bytesMax: number;
  readonly idleMs: number;

  constructor(options: UploadOptions) {
    this.#path = join(options.spoolDir, `upload-${randomUUID()}`);
    this.#bytesMax = options.bytesMax ?? limits.uploadBytesMax;
    this.idleMs = options.idleMs ?? limits.uploadIdleMs;
  }

  async fill(source: Readable, fileName: string): Promise<SpooledUpload> {
    const upload = await spoolUpload(source, { path: this.#path, fileName, bytesMax: this.#bytesMax });
    return { ...upload, [Symbol.asyncDispose]: () => this.remove() };
  }

  remove(): Promise<void> {
    return rm(this.#path, { force: true });
  }
}

function readParts(request: IncomingMessage, spool: SpoolFile): Promise<SpooledUpload> {
  return withIdleLimit(
    request,
    spool.idleMs,
    () =>
      new Promise((resolve, reject) => {
        let taken: Promise<SpooledUpload> | undefined;
        const parser = new Busboy({
          headers: request.headers as BusboyHeaders,
          limits: { parts: partsMax, fieldSize: 64 * 1024, headerSize: 64 * 1024 },
          isPartAFile: (_field, type, fileName) =>
            fileName !== undefined || type === 'application/octet-stream' || type === 'text/csv',
        });
        parser.on('file', (_field: string, part: BusboyFileStream, fileName: string) => {
          // A broken-off upload errors the part as well; without a handler that would end the process.
          part.on('error', reject);
          if (taken) {
            part.resume();
            return;
          }
          taken = spool.fill(part, fileName ?? '');
          taken.catch(reject);
        });
        parser.on('partsLimit', () =>
          reject(new MusterError('bad-request', `The form has more than ${partsMax} parts.`)),
        );
        parser.on('error', reject);
        parser.on('finish', () => {
          if (taken) taken.then(resolve, reject);
          else
            reject(
              new MusterError(
                'bad-request',
                'The form has no file part. Send the CSV as a file, e.g. curl -F "file=@contacts.csv".',
              ),
            );
        });
        request.on('error', reject);
        request.on('close', () => {
          if (!request.complete)
            reject(new MusterError('bad-request', 'The upload was broken off. Nothing was imported.'));
        });
        request.pipe(parser);
      }),
  );
}

/** Runs `work`, and gives the upload up when the sender says nothing for `idleMs`. */
async function withIdleLimit<T>(
  request: IncomingMessage,
  idleMs: number,
  work: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    const silent = () =>
      reject(
        new MusterError(
          'bad-request',
          `No data came for ${Math.round(idleMs / 1000)} seconds, so the upload was given up. Nothing was imported.`,
        ),
      );
    timer = setTimeout(silent, idleMs);
    request.on('data', () => timer?.refresh());
  });
  try {
    return await Promise.race([work(), silence]);
  } finally {
    clearTimeout(timer);
    request.unpipe();
    request.resume();
  }
}

/** What the parser and the disk say, as words for the sender. */
function asRefusal(error: unknown): unknown {
  if (error instanceof MusterError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new MusterError(
      'storage-full',
      'The disk is full. Nothing was changed; free some space and send it again.',
    );
  }
  if (code === 'EACCES' || code === 'EROFS') {
    return new MusterError(
      'storage-read-only',
      'The data directory cannot be written to. Check its owner and permissions.',
    );
  }
  if (code === 'EIO') return new MusterError('storage-full', 'The disk failed. Nothing was changed.');
  return new MusterError('bad-request', `The form could not be read (${message}). Nothing was imported.`);
}
