import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '../../domain/errors.ts';
import { ArchiveReader, type Manifest } from './archive.ts';
import { SqliteConnection } from './connection.ts';
import { DataLock } from './data-lock.ts';
import { newestMigration } from './migrate.ts';
import { discardStaging, isAside, markReady, stagingDir, swapIn } from './restore-swap.ts';

export interface RestoreOrder {
  readonly dataDir: string;
  readonly file: string;
  /** Whether data that is there may be moved aside. */
  readonly replace: boolean;
  readonly at: number;
}

export interface Restored {
  readonly manifest: Manifest;
  /** The folder with what was there before, where there was anything. */
  readonly aside: string | undefined;
}

/**
 * Puts a backup in place of what the data directory holds. Everything is unpacked and checked beside it first;
 * whatever goes wrong until then leaves all as it was. `conflict` while Muster runs on the directory, and where
 * data is there and `replace` is not said; `file-refused` for a file that is no whole backup.
 */
export function restoreBackup({ dataDir, file, replace, at }: RestoreOrder): Restored {
  using archive = openArchive(file);
  const { manifest } = archive;
  refuseNewer(manifest);
  using _alone = DataLock.acquire(dataDir, 'restore');
  if (!replace && holdsData(dataDir)) {
    throw new MusterError(
      'conflict',
      `${dataDir} holds data already. To move it aside and put the backup in its place, say --replace.`,
    );
  }
  const staging = stagingDir(dataDir);
  discardStaging(dataDir);
  mkdirSync(join(staging, 'tenants'), { recursive: true, mode: 0o700 });
  try {
    for (const entry of manifest.files) {
      const target = join(staging, ...safePath(entry.path));
      archive.unpack(entry, target);
      refuseUnsound(target, entry.path);
    }
  } catch (error) {
    discardStaging(dataDir);
    throw error;
  }
  markReady(dataDir, `before-restore-${new Date(at).toISOString().replaceAll(/[:.]/g, '')}`);
  return { manifest, aside: swapIn(dataDir) };
}

function openArchive(file: string): ArchiveReader {
  if (!existsSync(file)) throw new MusterError('not-found', `There is no file ${file}.`);
  return new ArchiveReader(file);
}

function refuseNewer({ schemas, version }: Manifest): void {
  if (schemas.system <= newestMigration('system') && schemas.tenant <= newestMigration('tenant')) return;
  throw new MusterError(
    'file-refused',
    `The backup was made by a newer Muster (${version}) whose data this one does not know. Restore it with that version.`,
  );
}

/** Whether anything but what every start leaves behind is there. */
function holdsData(dataDir: string): boolean {
  const harmless = new Set(['spool', '.restore', 'lost+found']);
  return readdirSync(dataDir).some(
    (name) => !harmless.has(name) && !name.startsWith('lock.db') && !isAside(name),
  );
}

/** The parts of a path of the archive; one that leads elsewhere is refused, whoever wrote it. */
function safePath(path: string): string[] {
  if (/^(?:system|tenants\/[a-z0-9-]+)\.db$/.test(path)) return path.split('/');
  throw new MusterError('file-refused', `The backup holds “${path}”, which does not belong there.`);
}

function refuseUnsound(file: string, path: string): void {
  using connection = new SqliteConnection(file, { busyTimeoutMs: 0, readOnly: true });
  const [row] = connection.all<{ quick_check: string }>('PRAGMA quick_check(1)');
  if (row?.quick_check === 'ok') return;
  throw new MusterError('file-refused', `${path} in the backup is damaged: ${row?.quick_check}.`);
}
