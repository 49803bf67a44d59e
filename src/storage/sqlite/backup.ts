import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MusterError } from '../../domain/errors.ts';
import { ArchiveWriter, type Manifest } from './archive.ts';
import { SqliteConnection } from './connection.ts';
import { newestMigration } from './migrate.ts';
import { systemFile, tenantFile } from './sqlite-storage.ts';

/** Commands may block; they wait for writers this long. */
const busyTimeoutMs = 60_000;

export interface BackupOrder {
  readonly dataDir: string;
  /** A new file; `conflict` where something is there. */
  readonly file: string;
  /** An existing folder for copies on the way. */
  readonly stagingDir: string;
  readonly version: string;
  readonly at: number;
}

/**
 * Backs up the system database and every tenant's, each as it stands at one moment, while others read and
 * write. The copies are compact: what was deleted before is not in them.
 */
export function writeBackup({ dataDir, file, stagingDir: staging, version, at }: BackupOrder): Manifest {
  reserve(file);
  try {
    using archive = new ArchiveWriter(file);
    const systemCopy = join(staging, 'system.db');
    snapshot(systemFile(dataDir), systemCopy);
    const slugs = tenantsIn(systemCopy);
    archive.add('system.db', systemCopy);
    rmSync(systemCopy);
    for (const slug of slugs) {
      const source = tenantFile(dataDir, slug);
      if (!existsSync(source)) continue; // Made this moment by another process; it has nothing in it yet.
      const copy = join(staging, 'tenant.db');
      snapshot(source, copy);
      archive.add(`tenants/${slug}.db`, copy);
      rmSync(copy);
    }
    const schemas = { system: newestMigration('system'), tenant: newestMigration('tenant') };
    return archive.finish({ version, madeAt: new Date(at).toISOString(), schemas });
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/** The file is made here and nowhere else, so two backups cannot write into one. */
function reserve(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new MusterError(
        'conflict',
        `${file} exists already and is not overwritten. Choose another name.`,
      );
    }
    if (code === 'ENOENT') throw new MusterError('not-found', `The folder of ${file} does not exist.`);
    throw new MusterError('storage-read-only', `${file} cannot be written (${code}). Choose another place.`);
  }
}

function snapshot(source: string, copy: string): void {
  rmSync(copy, { force: true });
  using connection = new SqliteConnection(source, { busyTimeoutMs });
  connection.run('VACUUM INTO ?', [copy]);
}

/**
 * The tenants of a copy of system.db, which is also rid of what means nothing elsewhere or later: claims on work,
 * and sessions, of which those that have ended since would come back.
 */
function tenantsIn(systemCopy: string): string[] {
  using connection = new SqliteConnection(systemCopy, { busyTimeoutMs });
  connection.exec(
    'PRAGMA journal_mode = DELETE; DELETE FROM lease; DELETE FROM one_time_code; DELETE FROM api_session;',
  );
  return connection.all<{ slug: string }>('SELECT slug FROM tenant ORDER BY slug').map(({ slug }) => slug);
}
