import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DataLock } from './data-lock.ts';
import { isSwapPending, markReady, stagingDir, swapIn } from './restore-swap.ts';

let dataDir: string;
const at = (...parts: string[]) => join(dataDir, ...parts);

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'muster-swap-'));
  mkdirSync(at('tenants'));
  for (const name of ['system.db', 'system.db-wal', 'tenants/main.db', 'initial-admin-password.txt']) {
    writeFileSync(at(name), 'old');
  }
  mkdirSync(join(stagingDir(dataDir), 'tenants'), { recursive: true });
  for (const name of ['system.db', 'tenants/main.db']) writeFileSync(join(stagingDir(dataDir), name), 'new');
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function expectSwapped(): void {
  expect(readFileSync(at('system.db'), 'utf8')).toBe('new');
  expect(readFileSync(at('tenants/main.db'), 'utf8')).toBe('new');
  for (const name of ['system.db', 'system.db-wal', 'tenants/main.db', 'initial-admin-password.txt']) {
    expect(readFileSync(at('before-restore-1', name), 'utf8')).toBe('old');
  }
  expect(existsSync(at('system.db-wal'))).toBe(false);
  expect(isSwapPending(dataDir)).toBe(false);
}

test('the old goes aside with its log, the new takes its place', () => {
  expect(isSwapPending(dataDir)).toBe(false);
  markReady(dataDir, 'before-restore-1');
  expect(swapIn(dataDir)).toBe('before-restore-1');
  expectSwapped();
});

test('one broken off between two renames is ended by whoever opens the directory next', () => {
  markReady(dataDir, 'before-restore-1');
  mkdirSync(at('before-restore-1'));
  renameSync(at('system.db-wal'), at('before-restore-1', 'system.db-wal'));
  renameSync(at('system.db'), at('before-restore-1', 'system.db'));
  expect(isSwapPending(dataDir)).toBe(true);
  using _lock = DataLock.acquire(dataDir, 'command');
  expectSwapped();
});

test('one broken off before everything was unpacked has changed nothing', () => {
  using _lock = DataLock.acquire(dataDir, 'command');
  expect(readFileSync(at('system.db'), 'utf8')).toBe('old');
  expect(existsSync(stagingDir(dataDir))).toBe(false);
});

test('commands go beside each other and one server; a restore goes beside nobody', () => {
  {
    using _server = DataLock.acquire(dataDir, 'server');
    using _command = DataLock.acquire(dataDir, 'command');
    expect(() => DataLock.acquire(dataDir, 'server')).toThrow(/Another Muster server/);
    expect(() => DataLock.acquire(dataDir, 'restore')).toThrow(/in use by a running Muster/);
  }
  using _restore = DataLock.acquire(dataDir, 'restore');
  expect(() => DataLock.acquire(dataDir, 'command')).toThrow(/restore into .* is under way/);
});
