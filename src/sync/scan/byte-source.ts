/**
 * The bytes of a delivered file. `chunks()` may be called several times and starts at the beginning each
 * time; `sizeBytes` is the sum of the chunks. A chunk is good until the second one after it is asked for.
 */
export interface ByteSource {
  readonly sizeBytes: number;
  chunks(): Iterable<Uint8Array>;
  /** Fills `into` with the bytes from `at` on, as far as there are any; for a source that can be read anywhere. */
  readAt?(into: Buffer, at: number): void;
}

/** Bytes already in memory as a source; not copied. */
export function bufferSource(bytes: Uint8Array): ByteSource {
  return { sizeBytes: bytes.byteLength, chunks: () => (bytes.byteLength === 0 ? [] : [bytes]) };
}

/** A view of the same memory with Buffer's methods. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The whole source as one Buffer; a source of a single chunk is not copied. */
export function readWhole(source: ByteSource): Buffer {
  let whole: Buffer | undefined;
  let used = 0;
  for (const chunk of source.chunks()) {
    if (whole === undefined && chunk.byteLength >= source.sizeBytes) {
      whole = asBuffer(chunk);
      used = chunk.byteLength;
      continue;
    }
    whole ??= Buffer.allocUnsafeSlow(source.sizeBytes);
    if (used + chunk.byteLength > whole.length) {
      whole = Buffer.concat([whole.subarray(0, used)], Math.max(whole.length * 2, used + chunk.byteLength));
    }
    whole.set(chunk, used);
    used += chunk.byteLength;
  }
  return whole === undefined ? Buffer.alloc(0) : whole.subarray(0, used);
}

/**
 * The chunks joined or cut into blocks of about `blockBytes` (the last may be shorter), so that work done
 * once a block is never done once a byte.
 */
export function* blocksOf(chunks: Iterable<Uint8Array>, blockBytes: number): Generator<Buffer> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for (const chunk of chunks) {
    pending.push(chunk);
    pendingBytes += chunk.byteLength;
    if (pendingBytes < blockBytes) continue;
    const joined = pending.length === 1 ? asBuffer(chunk) : Buffer.concat(pending);
    for (let from = 0; from < joined.length; from += 2 * blockBytes) {
      yield joined.subarray(from, from + 2 * blockBytes);
    }
    pending = [];
    pendingBytes = 0;
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
}
