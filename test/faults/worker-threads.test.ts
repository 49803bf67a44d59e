import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ImportWorkers } from '../../src/jobs/import-workers.ts';
import { makePlace, openPlace } from '../support/engines.ts';

const clock = { now: () => 0 };

/** Counts the threads that begin while it lasts. */
function countThreads() {
  let begun = 0;
  const count = () => void begun++;
  process.on('worker', count);
  return { begun: () => begun, [Symbol.dispose]: () => void process.off('worker', count) };
}

test('a thread that was made ready is the one that does the next task', async () => {
  await using place = await makePlace('workers');
  await using _ = await openPlace(place, clock);
  using threads = countThreads();
  await using workers = new ImportWorkers({ ...place, spillDir: place.dataDir });
  workers.warmUp();
  workers.warmUp();
  await workers.execute({ task: 'ping' });
  workers.warmUp();
  expect(threads.begun()).toBe(1);
});

test('a thread that found its storage in the way says so to the next task, and looks again for the one after', async () => {
  await using place = await makePlace('workers');
  const blocked = join(place.dataDir, 'blocked');
  writeFileSync(blocked, 'not a folder');
  using threads = countThreads();
  await using workers = new ImportWorkers({
    dataDir: blocked,
    databaseUrl: undefined,
    spillDir: place.dataDir,
  });
  workers.warmUp();
  await expect(workers.execute({ task: 'ping' })).rejects.toMatchObject({
    name: expect.any(String) as string,
  });
  rmSync(blocked);
  await expect(workers.execute({ task: 'ping' })).resolves.toBe(0);
  expect(threads.begun()).toBe(1);
});
