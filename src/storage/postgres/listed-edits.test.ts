import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ListedEdits } from './listed-edits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('F10 edits are sorted into the index in a moment, many of them at once, and later ones again', async () => {
  const sortIn = vi.fn(() => Promise.resolve());
  const edits = new ListedEdits(sortIn);
  for (let n = 0; n < 9; n++) edits.written();
  expect(sortIn).not.toHaveBeenCalled();
  await vi.runAllTimersAsync();
  expect(sortIn).toHaveBeenCalledTimes(1);
  edits.written();
  await vi.runAllTimersAsync();
  expect(sortIn).toHaveBeenCalledTimes(2);
});

test('F10 edits that come one after the other do not put it off', async () => {
  const sortIn = vi.fn(() => Promise.resolve());
  const edits = new ListedEdits(sortIn);
  for (let n = 0; n < 50; n++) {
    edits.written();
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(sortIn).toHaveBeenCalledTimes(2);
});

test('where it fails the next edit has it tried again', async () => {
  const sortIn = vi.fn(() => Promise.reject(new Error('no')));
  const edits = new ListedEdits(sortIn);
  edits.written();
  await vi.runAllTimersAsync();
  edits.written();
  await vi.runAllTimersAsync();
  expect(sortIn).toHaveBeenCalledTimes(2);
});

test('at the end what has begun is waited for and nothing more is begun', async () => {
  const sorting = Promise.withResolvers<void>();
  const sortIn = vi.fn(() => sorting.promise);
  const edits = new ListedEdits(sortIn);
  edits.written();
  await vi.runAllTimersAsync();
  edits.written();
  const ended = vi.fn();
  const ending = edits[Symbol.asyncDispose]().then(ended);
  await vi.runAllTimersAsync();
  expect(ended).not.toHaveBeenCalled();
  sorting.resolve();
  await ending;
  await vi.runAllTimersAsync();
  expect(sortIn).toHaveBeenCalledTimes(1);
});
