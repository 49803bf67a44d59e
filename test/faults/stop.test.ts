import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stopServer } from '../../src/http/stop-server.ts';
import { contactsCsv, patronCount, underWay, usernames } from '../support/big-import.ts';
import { openPlace, placeAt, releaseDatabases } from '../support/engines.ts';
import { startProcess } from '../support/process-server.ts';
import { adminAuthorization, postContacts, seedUsernames, startServer } from '../support/server.ts';

async function freshFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'muster-stop-'));
  return {
    folder,
    async [Symbol.asyncDispose]() {
      await releaseDatabases(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test('an import that needs longer than the grace is given back, its sender told, and done once after the start', async () => {
  await using data = await freshFolder();
  {
    await using server = await startServer({ config: { dataDir: data.folder } });
    await seedUsernames(server, ...usernames);
    const answer = postContacts(server, contactsCsv);
    const waiting = postContacts(server, contactsCsv.replace('patron0@', 'other@'));
    await underWay(server.store);
    await stopServer(server.app, server.context.imports, 0);
    for (const { status, body, headers } of await Promise.all([answer, waiting])) {
      expect(status).toBe(503);
      expect(body).toMatchObject({ success: false, summary: expect.stringContaining('Muster is stopping') });
      expect(headers.get('retry-after')).toBe('60');
    }
    expect(await server.store.read.contacts.count()).toBe(0);
  }
  await using server = await startServer({ config: { dataDir: data.folder } });
  const { items } = await server.store.read.runs.list({ kind: 'contacts', page: 1, pageSize: 10 });
  await server.context.imports.resume();
  for (const { id } of items) {
    expect(await server.context.imports.waitFor('main', id)).toMatchObject({ state: 'applied' });
  }
  expect(items.length).toBeGreaterThan(0);
  expect(await server.store.read.contacts.count()).toBe(patronCount);
});

test('SIGTERM in the middle of an import lets it end, answers its sender and exits with 0', async () => {
  await using data = await freshFolder();
  const env = { MUSTER_LOG_LEVEL: 'info' };
  {
    await using server = await startProcess({ dataDir: data.folder, env });
    const form = new FormData();
    form.append('file', new Blob([`username\n${usernames.join('\n')}\n`]), 'patrons.csv');
    const patrons = await fetch(`${server.url}/api/v1/imports?kind=patrons`, {
      method: 'POST',
      body: form,
      headers: { authorization: adminAuthorization },
    });
    expect(patrons.ok).toBe(true);
    await using storage = await openPlace(await placeAt(data.folder), Date);
    const answer = postContacts(server, contactsCsv);
    await underWay(await storage.tenant('main'));
    expect(await server.kill('SIGTERM')).toBe(0);
    expect(await answer).toMatchObject({ status: 200, body: { success: true } });
    expect(server.output()).toContain('"msg":"stopping"');
  }
  await using again = await startProcess({ dataDir: data.folder, env });
  const response = await fetch(`${again.url}/api/v1/imports?pageSize=10`, {
    headers: { authorization: adminAuthorization },
  });
  const { items } = (await response.json()) as { items: { kind: string; state: string }[] };
  expect(items.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['contacts applied', 'patrons applied']);
});

test('a server whose start breaks once it listens ends and says why, and is not left there without its storage', async () => {
  const plantedBug = new URL('../support/planted-start-bug.ts', import.meta.url).href;
  await using server = await startProcess({ env: { NODE_OPTIONS: `--import ${plantedBug}` } });
  const [code] = server.child.exitCode === null ? await once(server.child, 'exit') : [server.child.exitCode];
  expect(code).toBe(1);
  expect(server.output()).toContain('planted');
});
