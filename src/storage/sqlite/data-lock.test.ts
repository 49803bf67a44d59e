import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataLock } from './data-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'muster-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the data directory is made with the folders above it, for its owner alone', () => {
  const dataDir = join(folder, 'a', 'b', 'data');
  using lock = DataLock.acquire(dataDir, 'server');
  expect(lock).toBeDefined();
  const others = statSync(dataDir).mode & 0o077;
  // Windows has no such bits.
  expect(process.platform === 'win32' ? 0 : others).toBe(0);
});

test('a file in its place is named', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => DataLock.acquire(file, 'server')).toThrow(`${file} is not a folder.`);
  expect(() => DataLock.acquire(join(file, 'data'), 'server')).toThrow('is not a folder.');
});

test.runIf(process.platform === 'linux')('a place where nothing can be made is refused at once', () => {
  expect(() => DataLock.acquire('/proc/nowhere/data', 'server')).toThrow(
    'The data directory /proc/nowhere/data cannot be made (ENOENT).',
  );
});
