import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { stopSignal } from './stop-signal.ts';

test('the first signal asks to stop, its echoes are the same wish, a later one ends the process', async () => {
  const signals = new EventEmitter();
  let now = 5_000;
  const exits: number[] = [];
  const asked = stopSignal({ signals, nowMs: () => now, exit: (code) => exits.push(code) });
  signals.emit('SIGINT');
  expect(await asked).toBe('SIGINT');
  now += 40;
  signals.emit('SIGINT');
  signals.emit('SIGTERM');
  expect(exits).toEqual([]);
  now += 2_000;
  signals.emit('SIGINT');
  expect(exits).toEqual([1]);
});
