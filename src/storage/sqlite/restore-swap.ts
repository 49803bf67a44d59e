import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The last step of a restore: what was unpacked and checked takes the place of what is there. It can be broken
 * off anywhere and done again: `.restore/ready` appears by one rename, and each entry goes in by one more, after
 * what stands in its place was moved aside. It all happens inside the data directory, which may be a mount point.
 */
const folder = '.restore';

/** Where a restore unpacks, and where it puts what is complete. */
export function stagingDir(dataDir: string): string {
  return join(dataDir, folder, 'new');
}

function readyDir(dataDir: string): string {
  return join(dataDir, folder, 'ready');
}

/** Removes what a restore unpacked and did not make ready. */
export function discardStaging(dataDir: string): void {
  rmSync(join(dataDir, folder), { recursive: true, force: true });
}

/** Whether a restore has unpacked everything but not put it in place. */
export function isSwapPending(dataDir: string): boolean {
  return existsSync(readyDir(dataDir));
}

/** Says that the staging folder is complete; from here on the restore will happen, whatever comes between. */
export function markReady(dataDir: string, asideName: string): void {
  mkdirSync(join(stagingDir(dataDir), asideName));
  renameSync(stagingDir(dataDir), readyDir(dataDir));
}

/**
 * Puts the unpacked entries in place. What was there goes to the folder named when the restore was made ready,
 * beside the new data; gives its name, or undefined where nothing was there.
 */
export function swapIn(dataDir: string): string | undefined {
  const ready = readyDir(dataDir);
  const entries = readdirSync(ready);
  const asideName = entries.find(isAside);
  if (asideName === undefined) throw new Error(`${ready} was not made by a restore`);
  const aside = join(dataDir, asideName);
  // It is the password of an account that is going.
  const passwordFile = 'initial-admin-password.txt';
  moveAside(join(dataDir, passwordFile), aside, passwordFile);
  for (const name of entries.filter((entry) => !isAside(entry))) {
    // The log of a database goes first: a new database must never meet the log of an old one.
    for (const suffix of ['-wal', '-shm', '-journal', ''])
      moveAside(join(dataDir, name + suffix), aside, name + suffix);
    renameSync(join(ready, name), join(dataDir, name));
  }
  rmSync(join(dataDir, folder), { recursive: true, force: true });
  return existsSync(aside) ? asideName : undefined;
}

/** Names that a restore leaves in the data directory for the operator to delete. */
export function isAside(name: string): boolean {
  return name.startsWith('before-restore-');
}

function moveAside(path: string, aside: string, name: string): void {
  if (!existsSync(path)) return;
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  renameSync(path, join(aside, name));
}
