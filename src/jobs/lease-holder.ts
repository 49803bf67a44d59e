import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { LeaseHolder } from '../ports/system-store.ts';

const mine = new Set<string>();

/** A new identity for claims of this process. */
export function newLeaseHolder(): LeaseHolder {
  const holder = { holder: randomUUID(), host: hostname(), pid: process.pid };
  mine.add(holder.holder);
  return holder;
}

/**
 * Whether a holder's process is surely gone, so that its work can be taken over without waiting for its
 * heartbeat to expire. Of another host nothing is sure.
 */
export function isDeadProcess(holder: LeaseHolder): boolean {
  if (holder.host !== hostname()) return false;
  // In a container every start may have the same process id.
  if (holder.pid === process.pid) return !mine.has(holder.holder);
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
