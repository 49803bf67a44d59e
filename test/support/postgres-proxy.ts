import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What is done at a certain statement; `pass` sends it on before the harm is over instead of after it. */
export type Harm = (pass: () => void) => void | Promise<void>;

/** Between Muster and its database: lets everything through and does harm at a certain statement. */
export interface PostgresProxy extends AsyncDisposable {
  /** The address of the database through here. */
  readonly url: string;
  /**
   * Does harm once, as soon as one connection has sent all of these texts in their order; what it sends with the last
   * of them goes on its way afterwards. Gives a function that tells whether that has come, and throws what went wrong.
   */
  at(texts: readonly string[], harm: Harm): () => boolean;
  /** Cuts every connection, as a failing network would. What was sent before may still arrive. */
  cut(): void;
}

interface Trap {
  readonly texts: readonly string[];
  readonly harm: Harm;
  isSprung: boolean;
  error?: unknown;
}

/** Longer than any text that is looked for, which may come in two pieces. */
const tailLength = 200;

/** Listens on the loopback and passes on to the server of `url`. */
export async function openProxy(url: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let trap: Trap | undefined;

  function pass(client: Socket): void {
    const upstream = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.end();
      });
    }
    upstream.pipe(client);
    const looked = { for: undefined as Trap | undefined, found: 0, tail: '' };
    client.on('data', (bytes: Buffer) => {
      if (trap !== undefined && meets(trap, looked, bytes)) void spring(trap, client, upstream, bytes);
      else upstream.write(bytes);
    });
  }

  async function spring(sprung: Trap, client: Socket, upstream: Socket, bytes: Buffer): Promise<void> {
    trap = undefined;
    sprung.isSprung = true;
    client.pause();
    let isPassed = false;
    const passOn = () => {
      if (!isPassed) upstream.write(bytes);
      isPassed = true;
    };
    try {
      await sprung.harm(passOn);
    } catch (error) {
      sprung.error = error;
    }
    passOn();
    client.resume();
  }

  const server = createServer(pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: through.href,
    cut,
    at(texts, harm) {
      const set: Trap = { texts, harm, isSprung: false };
      trap = set;
      return () => {
        if (set.error !== undefined) throw set.error as Error;
        return set.isSprung;
      };
    },
    async [Symbol.asyncDispose]() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}

/** Whether a connection has with these bytes sent the last of the texts; `looked` is how far it had come. */
function meets(
  trap: Trap,
  looked: { for: Trap | undefined; found: number; tail: string },
  bytes: Buffer,
): boolean {
  if (looked.for !== trap) Object.assign(looked, { for: trap, found: 0, tail: '' });
  let seen = looked.tail + bytes.toString('latin1');
  for (let place; looked.found < trap.texts.length; looked.found++) {
    const text = trap.texts[looked.found]!;
    place = seen.indexOf(text);
    if (place < 0) break;
    seen = seen.slice(place + text.length);
  }
  looked.tail = seen.slice(-tailLength);
  return looked.found === trap.texts.length;
}
