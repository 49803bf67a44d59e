import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/context.ts';
import { ensureMainTenant } from '../../src/directory/first-start.ts';
import { newLeaseHolder } from '../../src/jobs/lease-holder.ts';
import { openPlace, placeAt, placeEnv } from '../support/engines.ts';
import { makeFolder } from '../support/run-muster.ts';

const program = fileURLToPath(new URL('../../bin/muster.js', import.meta.url));

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

test('S10 a file from the command line waits its turn while somebody else imports', async () => {
  const dataDir = join(folder.path, 'data');
  const file = join(folder.path, 'patrons.csv');
  await writeFile(file, 'username,firstname\njdoe1,John\n');
  await using storage = await openPlace(await placeAt(dataDir), systemClock);
  await ensureMainTenant(storage, 'Europe/London');
  const { read, tenant } = await storage.tenant('main');
  // This process is alive, so its claim counts.
  const holder = newLeaseHolder();
  const farAway = Date.now() + 3_600_000;
  await storage.system.acquireLease(tenant.id, 'imports', holder, farAway, 10_000, () => false);

  const child = spawn(process.execPath, [program, 'import', 'patrons', file, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...(await placeEnv(dataDir)) },
  });
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;

  let waiting = await read.runs.listUnfinished();
  for (; waiting.length === 0; waiting = await read.runs.listUnfinished()) await delay(20);
  expect(waiting.map(({ state, sender }) => [state, sender.startsWith('cli:')])).toEqual([
    ['received', true],
  ]);
  expect(await read.patrons.count()).toBe(0);

  await storage.system.releaseLease(tenant.id, 'imports', holder);
  expect((await closed)[0]).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'applied', counts: { created: 1 } });
  expect(await read.patrons.count()).toBe(1);
});
