import type { Execute } from './kysely.ts';
import type { Statement } from './local-query.ts';
import { packArray } from './staging.ts';

/** More wait for each other only as long as planning them takes. */
const notedAtOnce = 5_000;

/**
 * Notes, for one transaction, the patrons that are to be indexed later. Only it and the indexing write what is noted,
 * each holding the lock of the tenant, so what was read once is known until the end: after a first load of patrons all
 * of them are noted, and looking each up again for its contacts took the server a tenth of that load.
 */
export class PutOff {
  readonly #send: (statement: Statement) => Promise<unknown>;
  readonly #tenantId: number;
  readonly #before: NotedBefore;
  /** Those noted here. */
  readonly #noted = new IdSet();
  #waiting: number[] = [];

  private constructor(
    send: (statement: Statement) => Promise<unknown>,
    tenantId: number,
    before: NotedBefore,
  ) {
    this.#send = send;
    this.#tenantId = tenantId;
    this.#before = before;
  }

  static async open(
    execute: Execute,
    send: (statement: Statement) => Promise<unknown>,
    tenantId: number,
  ): Promise<PutOff> {
    const { rows } = await execute({ sql: notedText, parameters: [tenantId] });
    return new PutOff(send, tenantId, (rows as [NotedBefore])[0]);
  }

  async add(ids: readonly number[]): Promise<void> {
    const { first, last, count } = this.#before;
    const isWhole = first !== null && last !== null && count === last - first + 1;
    for (const id of ids) {
      if (isWhole && id >= first && id <= last) continue;
      if (this.#noted.add(id)) this.#waiting.push(id);
    }
    if (this.#waiting.length >= notedAtOnce) await this.flush();
  }

  /** Writes down those that wait for others. */
  async flush(): Promise<void> {
    const ids = this.#waiting;
    if (ids.length === 0) return;
    this.#waiting = [];
    const packed = packArray('bigint', ids.length, (place) => ids[place]!);
    const { last } = this.#before;
    const areNew = last === null || ids.every((id) => id > last);
    await this.#send({ sql: areNew ? noteText : noteOthersText, parameters: [this.#tenantId, packed] });
  }
}

/** Who was noted when it began: between which ids, and how many. */
interface NotedBefore {
  readonly first: number | null;
  readonly last: number | null;
  readonly count: number;
}

const notedText = `
  select min(patron_id) as first, max(patron_id) as last, count(*) as count from search_pending where tenant_id = $1`;
const noteText = `insert into search_pending (tenant_id, patron_id) select $1, unnest($2::bigint[])`;
/** Nobody else writes it meanwhile: ON CONFLICT, which is safe from others, takes twice as long. */
const noteOthersText = `
  insert into search_pending (tenant_id, patron_id)
  select $1, touched.id from unnest((select $2::bigint[])) as touched (id)
  where not exists (select from search_pending as noted where noted.tenant_id = $1 and noted.patron_id = touched.id)`;

const idsPerPiece = 2 ** 15;

/** Ids, a bit each: large imports name hundreds of thousands, which mostly lie together. */
class IdSet {
  readonly #pieces = new Map<number, Uint32Array>();

  /** False where it is in there already. */
  add(id: number): boolean {
    const number = Math.floor(id / idsPerPiece);
    let piece = this.#pieces.get(number);
    if (piece === undefined) this.#pieces.set(number, (piece = new Uint32Array(idsPerPiece / 32)));
    const place = id % idsPerPiece;
    const word = piece[place >>> 5]!;
    const bit = 1 << (place & 31);
    if ((word & bit) !== 0) return false;
    piece[place >>> 5] = word | bit;
    return true;
  }
}
