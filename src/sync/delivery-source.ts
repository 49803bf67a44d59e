import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '../domain/errors.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { onDisk, writeWhole } from './disk.ts';
import { bufferSource, type ByteSource } from './scan/byte-source.ts';
import { defaultScanLimits } from './scan/limits.ts';

/**
 * The stored bytes of a delivery for the scanner: in memory when they are few, else unpacked into a file
 * in `spillDir`, which is removed on dispose. `MusterError('gone')` once the bytes have been purged.
 */
export async function openDelivery(
  reader: TenantReader,
  deliveryId: number,
  spillDir: string,
  inMemoryBytesMax: number = defaultScanLimits.partitionBytes,
): Promise<ByteSource & Disposable> {
  const delivery = await reader.deliveries.findById(deliveryId);
  if (!delivery || delivery.purgedAt !== null) {
    throw new MusterError('gone', 'The bytes of this delivery are no longer kept.');
  }
  if (delivery.sizeBytes > inMemoryBytesMax) {
    return unpackToFile(reader, deliveryId, delivery.sizeBytes, spillDir);
  }
  const whole = Buffer.allocUnsafeSlow(delivery.sizeBytes);
  let used = 0;
  for await (const chunk of chunksOf(reader, deliveryId)) {
    whole.set(chunk, used);
    used += chunk.byteLength;
  }
  return { ...bufferSource(whole.subarray(0, used)), [Symbol.dispose]: () => {} };
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
  return {
    sizeBytes,
    *chunks() {
      for (let at = 0; ;) {
        const chunk = Buffer.allocUnsafe(1024 * 1024);
        const read = readSync(file, chunk, 0, chunk.length, at);
        if (read === 0) return;
        at += read;
        yield chunk.subarray(0, read);
      }
    },
    [Symbol.dispose]: dispose,
  };
}
