import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { hashPassword } from '../../src/auth/passwords.ts';
import type { Config } from '../../src/config/config.ts';
import { openContext, systemClock, type Context } from '../../src/context.ts';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { dialects as everyDialect } from '../../src/dialects/registry.ts';
import { firstStart } from '../../src/directory/first-start.ts';
import { createApp } from '../../src/http/app.ts';
import type { AppServices } from '../../src/http/services.ts';
import type { Capability } from '../../src/ports/accounts.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Run } from '../../src/ports/runs.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { sha256Of } from '../../src/sync/receive.ts';
import { placeAt, releaseDatabases } from './engines.ts';

export const adminPassword = 'a password known to tests';

export interface ServerOptions {
  readonly config?: Partial<Config>;
  readonly clock?: Clock;
  /** Smaller limits than the real ones, for tests of what lies beyond them. */
  readonly uploadLimits?: AppServices['uploadLimits'];
  readonly limits?: AppServices['limits'];
  readonly dialects?: readonly Dialect[];
}

/** The real server in this process, on a fresh data directory and a free port of the loopback. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly context: Context;
  readonly app: FastifyInstance;
  /** Store of tenant `main`. */
  readonly store: TenantStore;
  close(): Promise<void>;
}

/** Starts a server with tenant `main` and its account `admin` (`adminPassword`). Use with `await using`. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-test-'));
  const config: Config = {
    ...(await placeAt(options.config?.dataDir ?? dataDir)),
    host: '127.0.0.1',
    port: 0,
    adminPassword,
    tls: undefined,
    trustProxy: false,
    allowHttp: false,
    rateLimit: true,
    logLevel: process.env['MUSTER_TEST_LOG'] ?? 'silent',
    ...options.config,
  };
  const { clock = systemClock, uploadLimits, limits, dialects = everyDialect } = options;
  const context = await openContext(config, clock);
  const { storage } = context;
  await firstStart({ storage, clock, zone: 'Europe/London', hashPassword, adminPassword });
  const services = { ...context, ...(uploadLimits && { uploadLimits }), ...(limits && { limits }) };
  const app = createApp(services, config.tls, dialects);
  await app.listen({ host: config.host, port: config.port });
  const { port } = app.server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = async () => {
    app.server.closeAllConnections();
    await app.close();
    await context[Symbol.asyncDispose]();
    await releaseDatabases(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  };
  const closeOnce = () => (closing ??= close());
  return {
    url: `${config.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    dataDir,
    context,
    app,
    store: await storage.tenant('main'),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

/** The value of an `Authorization` header. */
export function basic(username: string, password: string, encoding: BufferEncoding = 'utf8'): string {
  return `Basic ${Buffer.from(`${username}:${password}`, encoding).toString('base64')}`;
}

export const adminAuthorization = basic('admin', adminPassword);

/** Makes an account in a tenant. */
export async function addAccount(
  server: TestServer,
  username: string,
  password: string,
  capabilities: readonly Capability[],
  tenant = 'main',
): Promise<void> {
  const passwordHash = await hashPassword(password);
  const store = await server.context.storage.tenant(tenant);
  await store.transact((tx) =>
    tx.accounts.insert({ username, passwordHash, capabilities, organizations: [], createdAt: 0 }),
  );
}

/** An answer of the contacts import, as a script sees it. */
export interface ImportAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: { success: boolean; summary: string; details?: Record<string, string> };
}

export const replaceMode = 'replaceDeclaredPatrons';
export const keepCustomMode = 'replaceDeclaredPatronsKeepCustomContacts';

/** Posts a contacts file as a script does; `null` for `authorization` sends no credentials. */
export async function postContacts(
  server: Pick<TestServer, 'url'>,
  csv: string | Buffer,
  mode: string = replaceMode,
  authorization: string | null = adminAuthorization,
): Promise<ImportAnswer> {
  const form = new FormData();
  form.append('file', new Blob([Buffer.from(csv as string)]), 'contacts.csv');
  const response = await fetch(`${server.url}/api/import/userContacts/${mode}`, {
    method: 'POST',
    body: form,
    headers: authorization === null ? {} : { authorization },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: JSON.parse(text) as ImportAnswer['body'],
  };
}

/** Imports `patrons.csv` through the engine; throws where it was not applied without a failure. */
export async function seedPatrons(server: TestServer, csv: string, tenant = 'main'): Promise<Run> {
  const { imports, spoolDir } = server.context;
  const bytes = Buffer.from(csv);
  const path = join(spoolDir, `seed-${randomUUID()}`);
  await writeFile(path, bytes);
  try {
    const upload = { path, sizeBytes: bytes.length, sha256: sha256Of(bytes), fileName: 'patrons.csv' };
    const runId = await imports.submit(tenant, upload, {
      kind: 'patrons',
      mode: 'addOrUpdate',
      options: { key: 'username' },
      channel: 'cli',
      sender: 'seed',
      dryRun: false,
    });
    const run = await imports.waitFor(tenant, runId);
    if (run.state !== 'applied' || run.counts.failed > 0) throw new Error(`seed: ${run.summary}`);
    return run;
  } finally {
    await rm(path, { force: true });
  }
}

/** Patrons with nothing but a username. */
export function seedUsernames(server: TestServer, ...usernames: readonly string[]): Promise<Run> {
  return seedPatrons(server, `username\n${usernames.join('\n')}\n`);
}
