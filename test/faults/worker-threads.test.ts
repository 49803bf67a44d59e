import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { ImportWorkers } from '../../src/jobs/import-workers.ts';
import { makePlace, openPlace } from '../support/engines.ts';

const clock = { now: () => 0 };

afterEach(() => void vi.useRealTimers());

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

test.each([
  ['waits for a thread that is soon free, sooner than another one could start', 0, 1],
  ['is given another thread where that one is not free after all', 60_000, 2],
])('a task %s', async (_, waitedMs, threadCount) => {
  await using place = await makePlace('workers');
  await using _storage = await openPlace(place, clock);
  using threads = countThreads();
  await using workers = new ImportWorkers({ ...place, spillDir: place.dataDir });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const tasks = [workers.execute({ task: 'ping' }), workers.execute({ task: 'ping' })];
  vi.advanceTimersByTime(waitedMs);
  expect(await Promise.all(tasks)).toEqual([0, 0]);
  expect(threads.begun()).toBe(threadCount);
});
