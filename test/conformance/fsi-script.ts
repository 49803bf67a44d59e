import { expect } from 'vitest';
import { addClient, fsiPath, type TestClient } from '../api/fsi/support.ts';
import { rawRequest } from '../support/raw-http.ts';
import type { TestServer } from '../support/server.ts';
import type { CallStep } from './cases.ts';

/** The script of one case: it has a key and a secret, and keeps what the case tells it to. */
export class FsiScript {
  readonly #server: TestServer;
  readonly #host: string;
  readonly #client: TestClient;
  readonly #saved: Map<string, unknown>;

  private constructor(server: TestServer, host: string, client: TestClient) {
    this.#server = server;
    this.#host = host;
    this.#client = client;
    this.#saved = new Map([
      ['key', client.key],
      ['secret', client.secret],
    ]);
  }

  static async open(server: TestServer, tenant: string, host: string): Promise<FsiScript> {
    return new FsiScript(server, host, await addClient(server, 'script', tenant));
  }

  /** Makes the call, holds its answer to what the case says, and keeps what it saves. */
  async call({ call, as = 'json', answer, save = {} }: CallStep): Promise<void> {
    const members = this.#filled(call) as Record<string, unknown>;
    const [type, body] =
      as === 'json'
        ? ['application/json', JSON.stringify(members)]
        : [
            'application/x-www-form-urlencoded',
            new URLSearchParams(members as Record<string, string>).toString(),
          ];
    const head = [
      `POST ${fsiPath} HTTP/1.1`,
      `Host: ${this.#host}`,
      `Content-Type: ${type}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    const given = await rawRequest(this.#server.port, `${head.join('\r\n')}\r\n\r\n${body}`);
    expect(given.status).toBe(200);
    const said = JSON.parse(given.body) as Record<string, unknown>;
    const bare = (as === 'json' ? said['d'] : said) as Record<string, unknown>;
    expect(bare).toMatchObject(answer);
    for (const [member, name] of Object.entries(save)) {
      expect(bare).toHaveProperty(member);
      this.#saved.set(name, bare[member]);
    }
  }

  async revoke(): Promise<void> {
    const { tenantId, id } = this.#client;
    const { storage, clock } = this.#server.context;
    expect(await storage.clients.revoke(tenantId, id, clock.now())).toBe(true);
  }

  /** The members with `{name}` replaced: alone by what was saved, inside a text by its text. */
  #filled(value: unknown): unknown {
    if (typeof value === 'string') {
      const alone = /^\{(\w+)\}$/.exec(value)?.[1];
      if (alone !== undefined) return this.#saved.get(alone);
      return value.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(this.#saved.get(name)));
    }
    if (Array.isArray(value)) return value.map((one) => this.#filled(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#filled(inner)]));
  }
}
