import { connect, type Socket } from 'node:net';

const path = '/services/SSLIB_SER_PATRON_API.asmx/patron';

/** What came of many calls: how many a second, and how long they took, in milliseconds. */
export interface Calls {
  readonly count: number;
  readonly perSecond: number;
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
}

/** An action with its members. */
export type Call = Readonly<Record<string, unknown>>;

/**
 * Calls FSI's API over connections of its own that stay open, one call after the other on each. Made as cheap as may
 * be, since client and server share the machine: it writes a request as one piece and looks for the end of the answer.
 */
export class FsiClient implements Disposable {
  readonly #port: number;
  readonly #connections: Connection[] = [];
  #token = '';

  private constructor(port: number) {
    this.#port = port;
  }

  /** Opens the connections and a session with the key and secret. */
  static async open(port: number, connections: number, key: string, secret: string): Promise<FsiClient> {
    const client = new FsiClient(port);
    for (let n = 0; n < connections; n++) client.#connections.push(await Connection.open(port));
    const { code } = await client.#ask({ action: 'getcode', apikey: key });
    const { token } = await client.#ask({ action: 'gettoken', code, apisecret: secret });
    client.#token = String(token);
    return client;
  }

  /** Calls until `next` has nothing more to call; every answer must be good, or it throws. */
  async callAll(next: () => Call | undefined): Promise<Calls> {
    await this.#reopen();
    const took: number[] = [];
    const started = performance.now();
    const each = this.#connections.map(async (connection) => {
      for (let call = next(); call !== undefined; call = next()) {
        const request = this.#request({ ...call, token: this.#token });
        const sent = performance.now();
        const answer = await connection.ask(request);
        took.push(performance.now() - sent);
        if (!answer.includes('"result":true'))
          throw new Error(`${JSON.stringify(call)}: ${answer.toString()}`);
      }
    });
    await Promise.all(each);
    const seconds = (performance.now() - started) / 1000;
    const sorted = Float64Array.from(took).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return {
      count: took.length,
      perSecond: took.length / seconds,
      median: at(0.5),
      p99: at(0.99),
      longest: at(1),
    };
  }

  /** The server closes connections on which nobody has asked for long, as while an import is indexed. */
  async #reopen(): Promise<void> {
    for (const [place, connection] of this.#connections.entries()) {
      if (!connection.isOpen) this.#connections[place] = await Connection.open(this.#port);
    }
  }

  async #ask(call: Call): Promise<Record<string, unknown>> {
    const answer = await this.#connections[0]!.ask(this.#request(call));
    const text = answer.toString();
    return (JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as { d: Record<string, unknown> }).d;
  }

  #request(call: Call): string {
    const body = JSON.stringify(call);
    return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection[Symbol.dispose]();
  }
}

/** One connection with one call under way at a time. */
class Connection implements Disposable {
  readonly #socket: Socket;
  #answer: Buffer = Buffer.alloc(0);
  #waiting: PromiseWithResolvers<Buffer> | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (piece: Buffer) => this.#take(piece));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('The server closed the connection.')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  /** Head and body of the answer. */
  ask(request: string): Promise<Buffer> {
    if (!this.isOpen) return Promise.reject(new Error('The server has closed the connection.'));
    this.#waiting = Promise.withResolvers<Buffer>();
    this.#socket.write(request);
    return this.#waiting.promise;
  }

  #take(piece: Buffer): void {
    this.#answer = this.#answer.length === 0 ? piece : Buffer.concat([this.#answer, piece]);
    const head = this.#answer.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#answer.toString('latin1', 0, head))?.[1];
    if (length === undefined) {
      this.#waiting?.reject(new Error('An answer without its length.'));
      return;
    }
    if (this.#answer.length < head + 4 + Number(length)) return;
    const whole = this.#answer;
    this.#answer = Buffer.alloc(0);
    this.#waiting?.resolve(whole);
  }

  [Symbol.dispose](): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }
}
