import { Worker } from 'node:worker_threads';
import { errorOf } from '../../domain/plain-error.ts';
import type { TenantTables } from '../schema/tables.ts';
import type { EngineTools, SearchIndex, StoreContext } from '../stores/context.ts';
import { saveHeldIds } from '../stores/sequences.ts';
import { storageError } from './errors.ts';
import { kyselyOver, type Executed } from './kysely.ts';
import { wantedValues } from './tools.ts';
import { containsWords } from './trigram-search.ts';
import type {
  IndexChange,
  IndexRemoval,
  ThreadAnswer,
  ThreadRequest,
  ThreadSettings,
} from './write-calls.ts';

/** Writes on their way to the thread; more would only pile up in memory. */
const onTheWayMax = 8;

/** It holds statements and one batch of rows. */
const heapLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 };

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One write transaction held by a thread of its own, so that rows are written while the next ones are planned.
 * Calls are done in their order, so reads see every write before them. A write is not waited for: where it
 * fails, the next call that is waited for says so, at the latest the commit.
 */
export class BulkWriter {
  readonly context: StoreContext;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #onTheWay = 0;
  #roomMade: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(settings: ThreadSettings) {
    this.#thread = new Worker(new URL('./write-thread.ts', import.meta.url), {
      workerData: settings,
      resourceLimits: heapLimits,
    });
    this.#thread.on('message', (answer: ThreadAnswer) => this.#answered(answer));
    this.#thread.on('error', (error) => this.#broke(error as Error));
    this.#thread.on('exit', () => this.#broke(new Error('the write thread stopped')));
    this.context = {
      db: kyselyOver<TenantTables>((sql, parameters) =>
        this.#ask<Executed>({ call: 'execute', sql, parameters }),
      ),
      tenantId: settings.tenantId,
      tools: this.#tools(),
      heldIds: new Map(),
    };
  }

  /** Runs `work` in the transaction; what it throws rolls back and is thrown on. */
  async transact<T>(work: () => Promise<T>): Promise<T> {
    try {
      await this.#ask({ call: 'begin' });
      const result = await work();
      await saveHeldIds(this.context);
      await this.#ask({ call: 'commit' });
      return result;
    } catch (error) {
      // What failed first is the reason, and what the caller saw may only follow from it.
      throw storageError(this.#failure ?? error);
    }
  }

  /** Tidies up and ends the thread; a transaction that was not committed is rolled back. */
  async end(): Promise<void> {
    await this.#ask({ call: 'end' }).catch(() => undefined);
    await this.#thread.terminate();
  }

  #tools(): EngineTools {
    const index = (change: IndexChange) => (documents: Parameters<SearchIndex[IndexChange]>[0]) =>
      this.#send({ call: 'index', change, documents });
    const unindex = (change: IndexRemoval) => (documents: readonly number[]) =>
      this.#send({ call: 'index', change, documents });
    return {
      insertRows: (...args) => this.#send({ call: 'insertRows', args }),
      updateRows: (...args) => this.#send({ call: 'updateRows', args }),
      deleteRows: (...args) => this.#send({ call: 'deleteRows', args }),
      wantedIds: wantedValues<number>,
      wantedTexts: wantedValues<string>,
      search: {
        patronsInserted: index('patronsInserted'),
        patronsChanged: index('patronsChanged'),
        patronsRemoved: unindex('patronsRemoved'),
        emailsInserted: index('emailsInserted'),
        emailsRemoved: unindex('emailsRemoved'),
        contains: async (words) => {
          await this.#send({ call: 'flush' });
          return containsWords(words);
        },
      },
    };
  }

  /** Sends a write without waiting for it, unless very many are on their way. */
  async #send(request: ThreadRequest): Promise<void> {
    if (this.#failure) throw this.#failure;
    this.#onTheWay++;
    this.#ask(request)
      .catch(() => undefined)
      .finally(() => {
        this.#onTheWay--;
        this.#roomMade?.();
      });
    while (this.#onTheWay >= onTheWayMax) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#roomMade = resolve;
      await promise;
    }
  }

  #ask<T>(request: ThreadRequest): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#thread.postMessage({ ...request, id });
    });
  }

  #answered(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.id)!;
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) {
      waiting.resolve(answer.result as never);
      return;
    }
    this.#failure ??= errorOf(answer.error);
    waiting.reject(this.#failure);
  }

  #broke(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
