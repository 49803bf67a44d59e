/** The bytes somebody sent, as they were. */
export interface Delivery {
  readonly id: number;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** The name the sender gave the file; shown, never used as a path. */
  readonly fileName: string;
  readonly receivedAt: number;
  /** When the bytes were deleted; null while they are kept. */
  readonly purgedAt: number | null;
}

export interface DeliveryReader {
  findById(id: number): Promise<Delivery | undefined>;
  /** Chunk `part` (from 0) as it was sent; undefined after the last, or when purged. */
  readChunk(id: number, part: number): Promise<Uint8Array | undefined>;
}

export interface DeliveryWriter {
  insert(delivery: Omit<Delivery, 'id' | 'purgedAt'>): Promise<number>;
  /** Appends one chunk of the bytes (at most 1 MiB), kept compressed. */
  insertChunk(id: number, part: number, bytes: Uint8Array): Promise<void>;
  /**
   * Deletes the bytes of at most `limit` deliveries received before the instant; gives how many. What an
   * unfinished or held run still needs stays.
   */
  purgeBefore(receivedBefore: number, at: number, limit: number): Promise<number>;
}
