import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { limits } from '../config/config.ts';
import type { Upload } from '../sync/receive.ts';
import { spoolUpload, type SpoolBudget } from '../sync/spool-upload.ts';

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
  /** What several files may weigh together. */
  readonly budget?: SpoolBudget;
  /** Told of a file that begins to arrive, by its place in the spool. */
  readonly onOpen?: (path: string) => void;
}

const fileNameLengthMax = 255;

/** One file of the spool folder, filled once. */
export class SpoolFile {
  readonly #path: string;
  readonly #bytesMax: number;
  readonly #budget: SpoolBudget | undefined;
  readonly #onOpen: UploadOptions['onOpen'];
  readonly #givenUp = new AbortController();
  #filled: Promise<unknown> = Promise.resolve();

  constructor(options: UploadOptions) {
    this.#path = join(options.spoolDir, `upload-${randomUUID()}`);
    this.#bytesMax = options.bytesMax ?? limits.uploadBytesMax;
    this.#budget = options.budget;
    this.#onOpen = options.onOpen;
  }

  async take(source: Readable, fileName: string): Promise<SpooledUpload> {
    const filling = spoolUpload(source, {
      path: this.#path,
      fileName: fileName.slice(0, fileNameLengthMax),
      bytesMax: this.#bytesMax,
      budget: this.#budget,
      signal: this.#givenUp.signal,
      onOpen: this.#onOpen,
    });
    this.#filled = filling.catch(() => undefined);
    return { ...(await filling), [Symbol.asyncDispose]: () => this.remove() };
  }

  /** Stops a filling that still goes on and removes the file once nobody writes to it any more. */
  async remove(): Promise<void> {
    this.#givenUp.abort();
    await this.#filled;
    await rm(this.#path, { force: true });
  }
}
