import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '../domain/errors.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { onDisk, readAt, writeWhole } from './disk.ts';
import { bufferSource, type ByteSource } from './scan/byte-source.ts';
import { defaultScanLimits } from './scan/limits.ts';

export const chunkBytes = 1024 * 1024;

export interface DeliveryPlaces {
  readonly spillDir: string;
  /** A file that holds the same bytes, if it is still there. */
  readonly file?: string | undefined;
  readonly inMemoryBytesMax?: number;
}

/**
 * The stored bytes of a delivery for the scanner: from the file they came in if it is still there, else in memory
 * when they are few, else unpacked into a file in `spillDir`, which is removed on dispose.
 * `MusterError('gone')` once the bytes have been purged.
 */
export async function openDelivery(
  reader: TenantReader,
  deliveryId: number,
  { spillDir, file, inMemoryBytesMax = defaultScanLimits.heldBytesMax }: DeliveryPlaces,
): Promise<ByteSource & Disposable> {
  const delivery = await reader.deliveries.findById(deliveryId);
  if (!delivery || delivery.purgedAt !== null) {
    throw new MusterError('gone', 'The bytes of this delivery are no longer kept.');
  }
  const { sizeBytes } = delivery;
  const lying = file === undefined ? undefined : openLying(file, sizeBytes);
  if (lying !== undefined) return lying;
  if (sizeBytes > inMemoryBytesMax) return unpackToFile(reader, deliveryId, sizeBytes, spillDir);
  const whole = Buffer.allocUnsafeSlow(sizeBytes);
  let used = 0;
  for await (const chunk of chunksOf(reader, deliveryId)) {
    whole.set(chunk, used);
    used += chunk.byteLength;
  }
  return { ...bufferSource(whole.subarray(0, used)), [Symbol.dispose]: () => {} };
}

/** The file, unless it has gone or is not of that size. */
export function openLying(path: string, sizeBytes: number): (ByteSource & Disposable) | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  const close = () => closeSync(file);
  if (fstatSync(file).size === sizeBytes) return fileSource(file, sizeBytes, close);
  close();
  return undefined;
}

async function* chunksOf(reader: TenantReader, deliveryId: number): AsyncGenerator<Uint8Array> {
  for (let part = 0; ; part++) {
    const chunk = await reader.deliveries.readChunk(deliveryId, part);
    if (!chunk) return;
    yield chunk;
  }
}

async function unpackToFile(
  reader: TenantReader,
  deliveryId: number,
  sizeBytes: number,
  spillDir: string,
): Promise<ByteSource & Disposable> {
  const folder = onDisk(() => mkdtempSync(join(spillDir, 'delivery-')));
  const file = onDisk(() => openSync(join(folder, 'bytes'), 'wx+', 0o600));
  const dispose = () => {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for await (const chunk of chunksOf(reader, deliveryId)) writeWhole(file, chunk);
  } catch (error) {
    dispose();
    throw error;
  }
  return fileSource(file, sizeBytes, dispose);
}

/** A file that is open, as a source; `dispose` closes it. */
export function fileSource(file: number, sizeBytes: number, dispose: () => void): ByteSource & Disposable {
  return {
    sizeBytes,
    chunks: () => chunksInTurn((into, at) => readSync(file, into, 0, into.length, at)),
    readAt: (into, at) => readAt(file, into, at),
    [Symbol.dispose]: dispose,
  };
}

/**
 * The chunks that `read` fills, each from where the last one ended until it reads nothing. They use the same buffers in
 * turn: a new one each time would be garbage as large as the file before it is swept.
 */
export function* chunksInTurn(read: (into: Buffer, at: number) => number): Generator<Buffer> {
  const buffers = Array.from({ length: 3 }, () => Buffer.allocUnsafeSlow(chunkBytes));
  for (let at = 0, turn = 0; ; turn++) {
    const chunk = buffers[turn % buffers.length]!;
    const bytes = read(chunk, at);
    if (bytes === 0) return;
    at += bytes;
    yield chunk.subarray(0, bytes);
  }
}
