import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isDeadProcess, newLeaseHolder } from './lease-holder.ts';

/** Nothing of a process of another host (a container that went) is in use after this long. */
const foreignKeptMs = 24 * 60 * 60 * 1000;

/**
 * Makes the folder where this process keeps uploads and unpacked files for a while. Folders that processes
 * left behind when they were killed go: people's data lies in them. Remove it at the end.
 */
export function openSpoolDir(dataDir: string, now: number): string {
  const spool = join(dataDir, 'spool');
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(spool)) {
    if (isLeftBehind(join(spool, name), name, now))
      rmSync(join(spool, name), { recursive: true, force: true });
  }
  const { pid, holder, host } = newLeaseHolder();
  const own = join(spool, `${pid}@${holder}@${host}`);
  mkdirSync(own, { mode: 0o700 });
  return own;
}

function isLeftBehind(path: string, name: string, now: number): boolean {
  const [pid, holder = '', host = ''] = name.split('@');
  if (isDeadProcess({ holder, host, pid: Number(pid) })) return true;
  // Another process may have removed it this moment.
  const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now;
  return now - madeAt > foreignKeptMs;
}
