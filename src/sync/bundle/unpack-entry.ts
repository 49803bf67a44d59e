import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { fileSource } from '../delivery-source.ts';
import { onDisk, writeWhole } from '../disk.ts';
import { bufferSource, type ByteSource } from '../scan/byte-source.ts';
import { defaultScanLimits, refuseFile, sizeWords } from '../scan/limits.ts';
import { asZipRefusal } from './open-zip.ts';

/** What a whole delivery may still unpack to. It counts what comes out, not what the archive claims. */
export interface UnpackBudget {
  bytesLeft: number;
  readonly bytesMax: number;
}

/**
 * The bytes of one entry: in memory when they are few, else in a file in `spillDir`, which is removed on dispose.
 * `file-refused` for an entry that is encrypted, packed in an uncommon way, damaged, or beyond what is left of the
 * budget; a bomb is given up as soon as it is.
 */
export async function unpackEntry(
  zip: ZipFile,
  entry: Entry,
  budget: UnpackBudget,
  spillDir: string,
): Promise<ByteSource & Disposable> {
  refuseUnreadable(entry);
  const unpacked = new Unpacked(spillDir);
  try {
    let checksum = 0;
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      const bytes = chunk as Buffer;
      budget.bytesLeft -= bytes.length;
      if (budget.bytesLeft < 0) refuseBomb(entry, budget);
      checksum = crc32(bytes, checksum);
      unpacked.add(bytes);
    }
    if (checksum !== entry.crc32) {
      refuseFile(
        `“${entry.fileName}” is damaged in the ZIP: its checksum is wrong. Make the ZIP anew and send it again.`,
      );
    }
    return unpacked.source();
  } catch (error) {
    unpacked[Symbol.dispose]();
    throw asZipRefusal(error);
  }
}

function refuseUnreadable(entry: Entry): void {
  if (entry.isEncrypted()) {
    refuseFile(
      `“${entry.fileName}” is encrypted. Send the ZIP without a password; the connection itself is protected.`,
    );
  }
  if (!entry.canDecodeFileData()) {
    refuseFile(
      `“${entry.fileName}” is packed in a way that is not read here (method ${entry.compressionMethod}). Use Deflate, as every system offers, and send it again.`,
    );
  }
}

function refuseBomb({ fileName }: Entry, { bytesMax }: UnpackBudget): never {
  refuseFile(
    `“${fileName}” unpacks to more than the ${sizeWords(bytesMax)} that a whole delivery may have. Split the delivery and send the parts.`,
  );
}

/** Bytes that come piece by piece: in memory until they are many. */
class Unpacked implements Disposable {
  readonly #spillDir: string;
  readonly #held: Buffer[] = [];
  #bytes = 0;
  #folder: string | undefined;
  #file: number | undefined;

  constructor(spillDir: string) {
    this.#spillDir = spillDir;
  }

  add(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#file === undefined) {
      this.#held.push(bytes);
      if (this.#bytes > defaultScanLimits.heldBytesMax) this.#spill();
    } else writeWhole(this.#file, bytes);
  }

  source(): ByteSource & Disposable {
    const dispose = () => this[Symbol.dispose]();
    if (this.#file !== undefined) return fileSource(this.#file, this.#bytes, dispose);
    return { ...bufferSource(Buffer.concat(this.#held)), [Symbol.dispose]: dispose };
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#file = this.#folder = undefined;
  }

  #spill(): void {
    const folder = onDisk(() => mkdtempSync(join(this.#spillDir, 'unpacked-')));
    this.#folder = folder;
    this.#file = onDisk(() => openSync(join(folder, 'bytes'), 'wx+', 0o600));
    for (const bytes of this.#held.splice(0)) writeWhole(this.#file, bytes);
  }
}
