import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import type { RunRequest } from '../ports/runs.ts';
import type { TenantStore, TenantTransactor } from '../ports/tenant-store.ts';

/** A complete upload lying in the spool, to become a delivery. */
export interface Upload {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** As the sender named it. */
  readonly fileName: string;
}

export type ImportRequest = Omit<RunRequest, 'deliveryId' | 'undoes'>;

/** What an upload is to be read as. */
export type UploadPurpose = Pick<ImportRequest, 'kind' | 'options'>;

const chunkBytes = 1024 * 1024;
/** Chunks that are packed side by side. */
const packedAtOnce = 4;

/**
 * Makes an upload a delivery with its run, in one transaction: from then on a crash loses nothing. The same
 * bytes, sender and mode while such a run is in flight, with no other behind it, join it (S10), and a held run
 * of the kind and sender gives way to the newer file. Gives the id of the run.
 */
export async function receiveUpload(
  store: TenantStore,
  upload: Upload,
  request: ImportRequest,
  now: number,
): Promise<number> {
  return store.transact(async (tx) => {
    const wanted: RunRequest = { ...request, deliveryId: null, undoes: null };
    const inFlight = await tx.runs.findInFlight(wanted, upload.sha256);
    if (inFlight && (await isLast(tx, inFlight.id))) return inFlight.id;

    const deliveryId = await tx.deliveries.insert({
      sha256: upload.sha256,
      sizeBytes: upload.sizeBytes,
      fileName: upload.fileName,
      receivedAt: now,
    });
    await storeChunks(tx, deliveryId, upload.path);
    if (!request.dryRun) await tx.runs.discardHeld(request.kind, request.sender, now);
    return tx.runs.insert({ ...wanted, deliveryId }, now);
  });
}

/**
 * In a thread that may block. Some chunks are packed by other threads while the next is read; a buffer is used again
 * once its chunk is stored.
 */
async function storeChunks(tx: TenantTransactor, deliveryId: number, path: string): Promise<void> {
  const buffers = Array.from({ length: packedAtOnce }, () => Buffer.allocUnsafeSlow(chunkBytes));
  const stored: Promise<void>[] = [];
  const file = openSync(path, 'r');
  try {
    for (let part = 0; ; part++) {
      const place = part % packedAtOnce;
      await stored[place];
      const chunk = buffers[place]!.subarray(0, readChunk(file, buffers[place]!));
      if (chunk.length === 0) break;
      const storing = tx.deliveries.insertChunk(deliveryId, part, chunk);
      // Its turn to be waited for, and its failure to be told, comes later.
      storing.catch(() => undefined);
      stored[place] = storing;
    }
    await Promise.all(stored);
  } finally {
    // Each has ended before any error is told, so that none is written once the transaction is over.
    await Promise.allSettled(stored);
    closeSync(file);
  }
}

function readChunk(file: number, chunk: Buffer): number {
  let used = 0;
  while (used < chunk.length) {
    const read = readSync(file, chunk, used, chunk.length - used, null);
    if (read === 0) break;
    used += read;
  }
  return used;
}

/** Whether no run that will write waits behind it: then doing the same once more would change nothing. */
async function isLast(tx: TenantTransactor, runId: number): Promise<boolean> {
  const unfinished = await tx.runs.listUnfinished();
  return unfinished.every(({ id, dryRun }) => id <= runId || dryRun);
}

/** SHA-256 of some bytes as lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
