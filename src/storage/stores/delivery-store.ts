import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompressSync } from 'node:zlib';
import type { Selectable } from 'kysely';
import type { Delivery, DeliveryReader, DeliveryWriter } from '../../ports/deliveries.ts';
import { unfinishedStates } from '../../ports/runs.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { StoreContext } from './context.ts';
import { allocateIds } from './sequences.ts';

/** In another thread: chunks may be packed side by side. */
const pack = promisify(zstdCompress);

/** What is packed of a chunk without asking this thread, which may be busy, for more room: mostly all of it. */
const packedBytes = 256 * 1024;

/** What a chunk is unpacked into at once: it holds up to 1 MiB. */
const unpackedBytes = 1024 * 1024 + 1;

export class DeliveryStore implements DeliveryReader, DeliveryWriter {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async findById(id: number): Promise<Delivery | undefined> {
    const row = await this.#context.db
      .selectFrom('delivery')
      .selectAll()
      .where('tenant_id', '=', this.#context.tenantId)
      .where('id', '=', id)
      .executeTakeFirst();
    return row && deliveryOf(row);
  }

  async readChunk(id: number, part: number): Promise<Uint8Array | undefined> {
    const row = await this.#context.db
      .selectFrom('delivery_chunk')
      .select('bytes')
      .where('tenant_id', '=', this.#context.tenantId)
      .where('delivery_id', '=', id)
      .where('part', '=', part)
      .executeTakeFirst();
    return row && zstdDecompressSync(row.bytes, { chunkSize: unpackedBytes });
  }

  async insert(delivery: Omit<Delivery, 'id' | 'purgedAt'>): Promise<number> {
    const id = await allocateIds(this.#context, 'delivery', 1);
    await this.#context.db
      .insertInto('delivery')
      .values({
        tenant_id: this.#context.tenantId,
        id,
        sha256: delivery.sha256,
        size_bytes: delivery.sizeBytes,
        file_name: delivery.fileName,
        received_at: delivery.receivedAt,
        purged_at: null,
      })
      .execute();
    return id;
  }

  async insertChunk(id: number, part: number, bytes: Uint8Array): Promise<void> {
    const packed = await pack(bytes, {
      chunkSize: packedBytes,
      params: { [constants.ZSTD_c_compressionLevel]: 1 },
    });
    await this.#context.db
      .insertInto('delivery_chunk')
      .values({ tenant_id: this.#context.tenantId, delivery_id: id, part, bytes: packed })
      .execute();
  }

  async purgeBefore(receivedBefore: number, at: number, limit: number): Promise<number> {
    const { db, tenantId } = this.#context;
    const unfinished = db
      .selectFrom('import_run')
      .select('delivery_id')
      .where('tenant_id', '=', tenantId)
      .where('delivery_id', 'is not', null)
      .where('state', 'in', [...unfinishedStates, 'held'])
      .$castTo<{ delivery_id: number }>();
    const due = await db
      .selectFrom('delivery')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('received_at', '<', receivedBefore)
      .where('purged_at', 'is', null)
      .where('id', 'not in', unfinished)
      .orderBy('id')
      .limit(limit)
      .execute();
    for (const { id } of due) {
      await db
        .updateTable('delivery')
        .set({ purged_at: at })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .execute();
      await db
        .deleteFrom('delivery_chunk')
        .where('tenant_id', '=', tenantId)
        .where('delivery_id', '=', id)
        .execute();
    }
    return due.length;
  }
}

function deliveryOf(row: Selectable<TenantTables['delivery']>): Delivery {
  return {
    id: row.id,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
    fileName: row.file_name,
    receivedAt: row.received_at,
    purgedAt: row.purged_at,
  };
}
