import type { RecordEntity, RecordTypes } from '../../../domain/records.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';

const recordsPerPiece = 1000;

/** Every record of an entity of which an institution has few: in id order. */
export async function readAll<E extends RecordEntity>(
  reader: TenantReader,
  entity: E,
): Promise<RecordTypes[E][]> {
  const all: RecordTypes[E][] = [];
  for (let after = 0; ;) {
    const piece = await reader.records[entity].listAfter(after, recordsPerPiece);
    all.push(...piece);
    const last = piece.at(-1);
    if (last === undefined) return all;
    after = last.id;
  }
}

/** The registered organizations, both ways. */
export class Organizations {
  readonly ids = new Map<string, number>();
  readonly #names = new Map<number, string>();

  static async read(reader: TenantReader): Promise<Organizations> {
    const organizations = new Organizations();
    for (const { id, name } of await readAll(reader, 'organization')) {
      organizations.ids.set(name, id);
      organizations.#names.set(id, name);
    }
    return organizations;
  }

  nameOf(id: number): string {
    return this.#names.get(id)!;
  }
}
