import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { sweepHeap } from './sweep-heap.ts';

test('threads that sweep their heaps at the same time do not take the means from each other', async () => {
  const url = JSON.stringify(new URL('./sweep-heap.ts', import.meta.url).href);
  const code = `import(${url}).then(({ sweepHeap }) => { for (let n = 0; n < 50; n++) sweepHeap(); })`;
  const ends = Array.from({ length: 3 }, async () => {
    const [exit] = (await once(new Worker(code, { eval: true }), 'exit')) as [number];
    return exit;
  });
  for (let n = 0; n < 50; n++) sweepHeap();
  expect(await Promise.all(ends)).toEqual([0, 0, 0]);
});
