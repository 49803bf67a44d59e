import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Line } from './line.ts';

test('what comes later is sent before what came earlier is answered', async () => {
  const line = new Line();
  const first = Promise.withResolvers<string>();
  const sent: string[] = [];
  const ask = (name: string, answer: Promise<string>) => () => (sent.push(name), answer);
  await line.send(ask('write', first.promise));
  const read = line.run(ask('read', Promise.resolve('answer')));
  expect(sent).toEqual(['write', 'read']);
  expect(await read).toBe('answer');
  first.resolve('');
  await line.settle();
});

test('where eight writes are on their way, the next waits for the oldest of them alone', async () => {
  const line = new Line();
  const writes = Array.from({ length: 10 }, () => Promise.withResolvers<undefined>());
  for (const { promise } of writes.slice(0, 8)) await line.send(() => promise);
  let waited = false;
  const ninth = line.send(() => writes[8]!.promise).then(() => (waited = true));
  await turn();
  expect(waited).toBe(false);
  writes[0]!.resolve(undefined);
  await ninth;
  for (const { resolve } of writes) resolve(undefined);
  await line.settle();
});

test('S9 the reason is what was refused first, whoever hears of it first, and everything after fails with it', async () => {
  const line = new Line();
  const refused = Promise.withResolvers<never>();
  await line.send(() => refused.promise);
  const after = line.run(() => Promise.reject(new Error('the transaction is aborted')));
  after.catch(() => undefined);
  await turn();
  refused.reject(new Error('refused'));
  await expect(after).rejects.toThrow('refused');
  await expect(line.settle()).rejects.toThrow('refused');
  await expect(line.send(() => Promise.resolve())).rejects.toThrow('refused');
  await line.end();
});

test('nothing is sent after the end, which waits for what was sent before', async () => {
  const line = new Line();
  const write = Promise.withResolvers<undefined>();
  await line.send(() => write.promise);
  let ended = false;
  const end = line.end().then(() => (ended = true));
  await turn();
  expect(ended).toBe(false);
  await expect(line.run(() => Promise.resolve())).rejects.toThrow('has ended');
  write.resolve(undefined);
  await end;
});
