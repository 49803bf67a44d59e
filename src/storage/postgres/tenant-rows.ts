import type {
  BulkWork,
  Tenant,
  TenantReader,
  TenantStore,
  TenantTransactor,
} from '../../ports/tenant-store.ts';
import type { StoreContext } from '../stores/context.ts';
import type { TenantTables } from '../schema/tables.ts';
import { PatronBlocks } from '../stores/patron-blocks.ts';
import { saveHeldIds } from '../stores/sequences.ts';
import { tenantStores } from '../stores/tenant-stores.ts';
import { Gathering } from './gathering.ts';
import { kyselyOn, type Execute } from './kysely.ts';
import { Line } from './line.ts';
import { queryWith, type Statement } from './local-query.ts';
import { Picture, sendTogether } from './picture.ts';
import { readOnce, searchOnce, type Pools } from './pools.ts';
import { KeptSample } from './search-sample.ts';
import type { ColumnTypes } from './staging.ts';
import { PostgresTools, readerTools } from './tools.ts';
import { readTransaction, Writer } from './transaction.ts';
import { TrigramSearch, type InTurn } from './trigram-search.ts';

export interface TenantRowsOptions {
  readonly pools: Pools;
  readonly columnTypes: ColumnTypes;
  readonly writeWaitMs?: number | undefined;
  /** Makes the space of deleted rows free to be written over. */
  readonly vacuum: () => Promise<void>;
  /** Brings the search's index in order, clears its list of whom is put off, and has the planner look at both. */
  readonly sweepSearch: () => Promise<void>;
  /** Says that texts of the search were written one by one, which leaves something to sort in. */
  readonly textsEdited: () => void;
  /** Sorts what was written one by one into the search's index. */
  readonly sortInTexts: () => Promise<void>;
  /** Has the planner look at what tables hold by now; nobody waits for it. */
  readonly analyze: (tables: readonly string[]) => void;
}

/**
 * So many rows inserted into a table at once, and the planner is told: until it has looked, it plans for what was there
 * before, and the server looks by itself only after a minute or more.
 */
const analyzedFrom = 20_000;

/** What one write transaction works with. */
interface Writing {
  readonly context: StoreContext;
  readonly tools: PostgresTools;
  readonly search: TrigramSearch;
}

/** A picture with the stores that read it. */
interface OpenPicture {
  readonly picture: Picture;
  readonly reader: TenantReader;
}

/**
 * One tenant's rows among those of all. Every statement runs with the tenant set for it alone (a single read) or
 * for its transaction; the policies of the tables let through nothing else.
 */
export class PostgresTenantStore implements TenantStore {
  tenant: Tenant;
  readonly read: TenantReader;
  readonly readsBeside = true;
  readonly #options: TenantRowsOptions;
  readonly #writer: Writer;
  readonly #sample = new KeptSample();
  /** Patrons indexed since the search was last swept. */
  #caughtUp = 0;
  /** Those that nobody looks at; never more than there were connections at once. */
  readonly #pictures: OpenPicture[] = [];

  constructor(tenant: Tenant, options: TenantRowsOptions) {
    this.tenant = tenant;
    this.#options = options;
    this.#writer = new Writer(options.pools.writes, tenant.id, options.writeWaitMs);
    const own = [['muster.tenant_id', String(tenant.id)]] as const;
    this.read = this.#reader(
      (statement) => readOnce(options.pools, own, statement),
      // Whoever comes first ends first: a search that asks for a connection anew for each slice waits for all others.
      (work) => searchOnce(options.pools, own, work),
    );
  }

  snapshot<T>(work: (reader: TenantReader) => Promise<T>): Promise<T> {
    return readTransaction(this.#options.pools.snapshots, this.tenant.id, async (client) => {
      const open = this.#pictures.pop() ?? this.#newPicture();
      open.picture.open(client);
      try {
        return await work(open.reader);
      } finally {
        open.picture.close();
        this.#pictures.push(open);
      }
    });
  }

  transact<T>(work: (tx: TenantTransactor) => Promise<T>): Promise<T> {
    return this.#write(({ context }) => work(tenantStores(context)));
  }

  /** Statements are sent while the next ones are made, and the sequences are held in hand. */
  async bulkTransact<T>(work: BulkWork<T>): Promise<T> {
    const grown: string[] = [];
    const result = await this.#write(async ({ context, tools }) => {
      const holding: StoreContext = { ...context, heldIds: new Map(), heldBlocks: new Map() };
      const result = await work(tenantStores(holding), () => Promise.resolve());
      await saveHeldIds(holding);
      await new PatronBlocks(holding).settle();
      for (const [table, rows] of tools.inserted) if (rows >= analyzedFrom) grown.push(table);
      return result;
    }, true);
    if (grown.length > 0) this.#options.analyze(grown);
    return result;
  }

  /** Once it is done with very many, what they leave behind is swept up: each search would go through it. */
  async catchUpSearch(limit: number): Promise<number> {
    const indexed = await this.#write(({ search }) => search.catchUp(limit));
    this.#caughtUp += indexed;
    if (indexed < limit && this.#caughtUp >= analyzedFrom) {
      this.#caughtUp = 0;
      await this.#options.sweepSearch().catch(() => undefined);
    } else if (indexed === 0) await this.#options.sortInTexts().catch(() => undefined);
    return indexed;
  }

  /**
   * The server keeps deleted rows until they are vacuumed, and may write over their place only later; its log and
   * its backups are the operator's. docs/operations/privacy.md says so.
   */
  scrub(): Promise<void> {
    return this.#options.vacuum();
  }

  async #write<T>(work: (writing: Writing) => Promise<T>, isBulk = false): Promise<T> {
    let hasEdited = false;
    const result = await this.#writer.transact(async (client) => {
      const line = new Line();
      // A long write outgrows what its statements were planned for, so none is kept prepared but those that only put
      // gathered rows in, for which there is but one plan.
      const now: Execute = isBulk
        ? ({ name, ...statement }) =>
            queryWith(client, [], statement.arrays === undefined ? statement : { ...statement, name })
        : (statement) => {
            sendTogether(client);
            return queryWith(client, [], statement);
          };
      const execute: Execute = (statement) => {
        gathering?.sendOff();
        return line.run(() => now(statement));
      };
      const send = (statement: Statement): Promise<void> => line.send(() => now(statement));
      const { columnTypes } = this.#options;
      const gathering = isBulk ? new Gathering(columnTypes, send) : undefined;
      const sendBehind = (statement: Statement): Promise<void> => {
        gathering?.sendOff();
        return send(statement);
      };
      const search = new TrigramSearch(execute, this.tenant.id, this.#sample, { send, sendBehind });
      const tools = new PostgresTools(search, columnTypes, send, gathering);
      const context = { db: kyselyOn<TenantTables>(execute, sendBehind), tenantId: this.tenant.id, tools };
      try {
        const result = await work({ context, tools, search });
        await search.flush();
        hasEdited = search.hasIndexed;
        gathering?.sendOff();
        line.close();
        return { result, settle: () => line.settle() };
      } catch (error) {
        await line.end();
        throw error;
      }
    });
    if (hasEdited) this.#options.textsEdited();
    return result;
  }

  #newPicture(): OpenPicture {
    const picture = new Picture();
    return { picture, reader: this.#reader(picture.execute) };
  }

  #reader(execute: Execute, inTurn?: InTurn): TenantReader {
    const tools = readerTools(new TrigramSearch(execute, this.tenant.id, this.#sample, { inTurn }));
    return tenantStores({ db: kyselyOn(execute), tenantId: this.tenant.id, tools });
  }

  [Symbol.asyncDispose](): Promise<void> {
    // Its connections are those of all tenants.
    return Promise.resolve();
  }
}
