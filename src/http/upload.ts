import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { limits } from '../config/config.ts';
import { MusterError } from '../domain/errors.ts';
import { oneDelivery } from '../sync/bundle/pack-files.ts';
import { diskRefusal } from '../sync/disk.ts';
import { brokenOff, FormInSpool } from './multipart-form.ts';
import { SpoolFile, type SpooledUpload, type UploadOptions } from './spool-file.ts';

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
  const form = new FormInSpool(options);
  const upload = await receiveForm(request, options, form, () => form.read(request));
  return { ...upload, [Symbol.asyncDispose]: () => form.discard() };
}

/**
 * Takes every file part of a multipart request into the spool, as the one delivery they make: a single ZIP as it is,
 * anything else packed into one of that name. The same refusals, and `bad-request` where a ZIP stands beside others.
 */
export async function receiveDelivery(
  request: IncomingMessage,
  fileName: string,
  options: UploadOptions,
): Promise<SpooledUpload> {
  const form = new FormInSpool(options);
  const files = await receiveForm(request, options, form, () => form.readAll(request));
  const path = join(options.spoolDir, `upload-${randomUUID()}`);
  const discard = async () => {
    await form.discard();
    await rm(path, { force: true });
  };
  try {
    return { ...(await oneDelivery(files, { path, fileName })), [Symbol.asyncDispose]: discard };
  } catch (error) {
    await discard();
    throw diskRefusal(error);
  }
}

/** Reads a form; where that goes wrong nothing is left of it. */
async function receiveForm<T>(
  request: IncomingMessage,
  options: UploadOptions,
  form: FormInSpool,
  read: () => Promise<T>,
): Promise<T> {
  const contentType = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(contentType)) {
    throw new MusterError(
      'bad-request',
      'Send the file as multipart/form-data, e.g. curl -F "file=@contacts.csv".',
    );
  }
  refuseEncodedBody(request);
  try {
    return await withIdleLimit(request, options, read);
  } catch (error) {
    await form.discard();
    throw asRefusal(error);
  }
}

/** Takes a bare body (`text/csv`, `application/zip`) into the spool; the same refusals. */
export async function receiveBody(
  request: IncomingMessage,
  fileName: string,
  options: UploadOptions,
): Promise<SpooledUpload> {
  refuseEncodedBody(request);
  const spool = new SpoolFile(options);
  try {
    return await withIdleLimit(request, options, () => spool.take(bodyOf(request), fileName));
  } catch (error) {
    await spool.remove();
    throw asRefusal(error);
  }
}

/** The body as a stream of its own: when that is given up, the request lives on and can be answered. */
function bodyOf(request: IncomingMessage): Readable {
  const body = new PassThrough();
  request.on('close', () => {
    if (!request.complete) body.destroy(brokenOff());
  });
  return request.pipe(body);
}

function refuseEncodedBody(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'];
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw new MusterError(
    'unsupported-media-type',
    `The body is encoded as “${encoding}”. Send it as it is, without Content-Encoding.`,
  );
}

/** Runs `work`, and gives the upload up when the sender says nothing for `idleMs`. */
async function withIdleLimit<T>(
  request: IncomingMessage,
  { idleMs = limits.uploadIdleMs }: UploadOptions,
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
  const known = diskRefusal(error);
  if (known instanceof MusterError) return known;
  const { message } = error as Error;
  return new MusterError('bad-request', `The form could not be read (${message}). Nothing was imported.`);
}
