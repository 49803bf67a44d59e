import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openSpoolDir } from './spool-dir.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'muster-spool-'));
afterEach(() => rmSync(join(dataDir, 'spool'), { recursive: true, force: true }));

const now = Date.now();
function leave(name: string, ageMs: number): string {
  const path = join(dataDir, 'spool', name);
  mkdirSync(path, { recursive: true });
  const at = (now - ageMs) / 1000;
  utimesSync(path, at, at);
  return path;
}

test('what killed processes left in the spool goes, what others may use stays', () => {
  // Process numbers end far below this one.
  const killed = leave(`999999999@a@${hostname()}`, 0);
  const sameNumber = leave(`${process.pid}@from-an-earlier-start@${hostname()}`, 0);
  const elsewhere = leave('1@a@elsewhere', 60_000);
  const longElsewhere = leave('1@b@elsewhere', 25 * 60 * 60 * 1000);
  const first = openSpoolDir(dataDir, now);
  const second = openSpoolDir(dataDir, now);
  expect([killed, sameNumber, elsewhere, longElsewhere, first, second].map(existsSync)).toEqual([
    false,
    false,
    true,
    false,
    true,
    true,
  ]);
});
