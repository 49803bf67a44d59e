import type pg from 'pg';
import type { Execute } from './kysely.ts';
import { queryWith, type Answer } from './local-query.ts';

/**
 * The way to read in one picture after the other, so that what is built on it is built once. Reads are sent without
 * waiting for the answers to earlier ones; the connection answers in order. After one failed, all that follow fail with
 * the same error: the server has given up the transaction, and what was refused first is the reason.
 */
export class Picture {
  #client: pg.ClientBase | undefined;
  #failure: { readonly error: unknown } | undefined;

  readonly execute: Execute = async (statement): Promise<Answer> => {
    const client = this.#client;
    if (client === undefined) throw new Error('the picture has been put away');
    if (this.#failure) throw this.#failure.error;
    try {
      sendTogether(client);
      return await queryWith(client, [], statement);
    } catch (error) {
      // Of another picture by now, where its reader did not wait for it.
      if (this.#client === client) this.#failure ??= { error };
      throw this.#failure?.error ?? error;
    }
  };

  /** Reads on this connection from now on. */
  open(client: pg.ClientBase): void {
    this.#client = client;
    this.#failure = undefined;
  }

  /** Refuses what comes later: nothing may follow the end of its transaction. */
  close(): void {
    this.#client = undefined;
  }
}

const held = new WeakSet<object>();

/** Whether something waits to go out on the connection, with which more could go. */
export function isHeld(client: pg.ClientBase): boolean {
  return held.has(streamOf(client));
}

/** What is sent on the connection until the running code waits for something goes out as one piece. */
export function sendTogether(client: pg.ClientBase): void {
  const stream = streamOf(client);
  if (held.has(stream)) return;
  held.add(stream);
  stream.cork();
  process.nextTick(() => {
    held.delete(stream);
    stream.uncork();
  });
}

function streamOf(client: pg.ClientBase): Corkable {
  return (client as unknown as { connection: { stream: Corkable } }).connection.stream;
}

interface Corkable {
  cork(): void;
  uncork(): void;
}
