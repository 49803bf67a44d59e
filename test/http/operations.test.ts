import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Dialect } from '../../src/dialects/dialect.ts';
import { stopServer } from '../../src/http/stop-server.ts';
import {
  addAccount,
  adminAuthorization,
  basic,
  postContacts,
  seedUsernames,
  startServer,
} from '../support/server.ts';

test('a server that is well lives and is ready, and says no more than that', async () => {
  await using server = await startServer();
  const alive = await fetch(`${server.url}/healthz`);
  expect([alive.status, await alive.json()]).toEqual([200, { status: 'ok' }]);
  const ready = await fetch(`${server.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
});

test('a storage that cannot be written to is not ready, and the answer gives no detail', async () => {
  await using server = await startServer();
  // Something in the way of the file that is written to find out; permissions do not hold root back.
  const blocker = join(server.dataDir, `write-check-${process.pid}.tmp`);
  await mkdir(blocker);
  const answer = await fetch(`${server.url}/readyz`);
  expect([answer.status, await answer.json()]).toEqual([503, { status: 'not ready' }]);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await rm(blocker, { recursive: true, force: true });
});

test('imports that cannot run are not ready, nor is a server that stops', async () => {
  await using server = await startServer();
  await server.context.imports.stop(0);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
});

test('a stopping server lets requests in flight end and takes no new connection', async () => {
  const atWork = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const slow: Dialect = {
    name: 'slow',
    routes: (app) => {
      app.get('/slow', async () => {
        atWork.resolve();
        await mayEnd.promise;
        return { slow: true };
      });
    },
  };
  await using server = await startServer({ dialects: [slow] });
  const socket = connect(server.port, '127.0.0.1');
  let said = '';
  socket.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  await atWork.promise;
  const stopped = stopServer(server.app, server.context.imports, 10_000);
  await expect.poll(() => server.app.server.listening).toBe(false);
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed');
  mayEnd.resolve();
  await Promise.all([stopped, closed]);
  expect(said).toMatch(/^HTTP\/1\.1 200 /);
  expect(said).toContain('{"slow":true}');
  expect(said.toLowerCase()).toContain('connection: close');
});

test('a request that does not end within the grace is cut', async () => {
  const atWork = Promise.withResolvers<void>();
  const endless: Dialect = {
    name: 'endless',
    routes: (app) => {
      app.get('/endless', () => {
        atWork.resolve();
        return new Promise(() => {});
      });
    },
  };
  await using server = await startServer({ dialects: [endless] });
  const asked = fetch(`${server.url}/endless`).catch((error: unknown) => (error as Error).message);
  await atWork.promise;
  await stopServer(server.app, server.context.imports, 50);
  expect(await asked).toBe('fetch failed');
});

test('metrics count requests by route pattern, imports by state, rows by outcome and sign-ins', async () => {
  await using server = await startServer();
  await seedUsernames(server, 'ann', 'bob');
  const csv = 'username,type,contact\nann,EMAIL,ann@example.org\nnobody,EMAIL,nobody@example.org\n';
  await postContacts(server, csv);
  await postContacts(server, csv, undefined, basic('admin', 'wrong'));
  await fetch(`${server.url}/nowhere/at/all`);
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith('muster_') && !line.includes('_bucket'));
  for (const line of [
    'muster_import_runs_total{kind="contacts",state="applied"} 1',
    'muster_import_outcomes_total{kind="contacts",outcome="created"} 1',
    'muster_import_outcomes_total{kind="contacts",outcome="failed"} 1',
    'muster_imports_received_total{kind="contacts",channel="infiniti"} 1',
    'muster_sign_ins_total{outcome="succeeded"} 1',
    'muster_sign_ins_total{outcome="wrong"} 1',
    'muster_http_request_duration_seconds_count{route="(none)",method="GET",status="4xx"} 1',
  ]) {
    expect(lines).toContain(line);
  }
  const imports = lines.filter((line) =>
    /^muster_http_request_duration_seconds_count.*userContacts/.test(line),
  );
  expect(imports.map((line) => line.replace(/^.*userContacts[^"]*",/, ''))).toEqual([
    'method="POST",status="2xx"} 1',
    'method="POST",status="4xx"} 1',
  ]);
  expect(text).toContain('muster_build_info{version="');
  expect(lines.join('\n')).not.toMatch(/\bann\b|nobody|admin|nowhere/);
  expect(text).not.toContain('certificate_expiry_timestamp_seconds{');
});

test('metrics are for this machine itself and for accounts of main that may view', async () => {
  await using server = await startServer({ config: { trustProxy: ['loopback'] } });
  const { storage } = server.context;
  await storage.createTenant({ slug: 'north', name: 'North', zone: 'Europe/London' }, ['north.example']);
  await addAccount(server, 'northern', 'a password of the north', ['administer'], 'north');
  await addAccount(server, 'viewer', 'a password to view', ['view']);
  const status = async (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
    (await server.app.inject({ url: '/metrics', remoteAddress, headers })).statusCode;
  const proxied = { 'x-forwarded-for': '198.51.100.9', 'x-forwarded-proto': 'https' };
  expect(await status({})).toBe(200);
  expect(await status({}, '192.0.2.7')).toBe(401);
  // A proxy on this machine is not this machine itself.
  expect(await status(proxied)).toBe(401);
  expect(await status({ ...proxied, authorization: basic('viewer', 'a password to view') })).toBe(200);
  expect(await status({ ...proxied, authorization: adminAuthorization })).toBe(200);
  const northern = basic('northern', 'a password of the north');
  expect(await status({ ...proxied, host: 'north.example', authorization: northern })).toBe(401);
  expect(await status({ authorization: adminAuthorization }, '192.0.2.7')).toBe(403);
});
