import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { newCredential } from '../../../src/auth/random-secret.ts';
import type { ApiClient } from '../../../src/ports/api-clients.ts';
import { placeAt, releaseDatabases } from '../../support/engines.ts';
import { startServer, type TestServer } from '../../support/server.ts';

export const fsiPath = '/services/SSLIB_SER_PATRON_API.asmx/patron';

export interface TestClient extends ApiClient {
  readonly key: string;
  readonly secret: string;
}

/** An API client with its key and secret. */
export async function addClient(server: TestServer, name = 'nightly', tenant = 'main'): Promise<TestClient> {
  const { key, secret, hashes } = newCredential();
  const { storage, clock } = server.context;
  const { id } = (await storage.system.findTenant(tenant))!;
  return { ...(await storage.clients.insert(id, name, hashes, clock.now())), key, secret };
}

/** What an action answered, out of its wrapping. */
export interface FsiResult {
  readonly result: boolean;
  readonly msg: string;
  readonly code?: string;
  readonly token?: string;
  readonly renewtoken?: string;
  readonly expire?: string;
  readonly [member: string]: unknown;
}

/** Calls an action as a script does, in JSON; throws where the answer is no answer of an action. */
export async function call(
  server: Pick<TestServer, 'url'>,
  members: Readonly<Record<string, unknown>>,
): Promise<FsiResult> {
  const response = await fetch(server.url + fsiPath, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(members),
  });
  const text = await response.text();
  const { d } = JSON.parse(text) as { d?: FsiResult };
  if (response.status !== 200 || d === undefined) throw new Error(`${response.status}: ${text}`);
  return d;
}

export interface Tokens {
  readonly token: string;
  readonly renewtoken: string;
  readonly expire: string;
}

/** A one-time code of the client. */
export async function getCode(server: Pick<TestServer, 'url'>, { key }: TestClient): Promise<string> {
  const { code, msg } = await call(server, { action: 'getcode', apikey: key });
  if (code === undefined) throw new Error(msg);
  return code;
}

/** Fresh tokens of the client. */
export async function getTokens(server: Pick<TestServer, 'url'>, client: TestClient): Promise<Tokens> {
  const code = await getCode(server, client);
  const answer = await call(server, { action: 'gettoken', code, apisecret: client.secret });
  if (!answer.result) throw new Error(answer.msg);
  return answer as unknown as Tokens;
}

export const dead = 'Invalidate session token.';

/** Whether a token is good: what a call that needs one says to it. */
export async function isGood(server: Pick<TestServer, 'url'>, token: unknown): Promise<boolean> {
  const { msg } = await call(server, {
    action: 'getpatron',
    token,
    keyfield: 'username',
    keyvalue: 'nobody',
  });
  return msg !== dead;
}

/** A clock that is set by hand. */
export class HandClock {
  at = Date.UTC(2026, 1, 3, 9);

  now(): number {
    return this.at;
  }
}

/** A server in this process on data that stays until the test has ended. */
export async function serverOn(dataDir: string): Promise<TestServer> {
  const { databaseUrl } = await placeAt(dataDir);
  return startServer({ config: { dataDir, databaseUrl, rateLimit: false } });
}

/** A folder for data that several servers in turn, or at once, work on. */
export async function makeDataDir(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-fsi-'));
  onTestFinished(async () => {
    await releaseDatabases(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });
  return dataDir;
}
