import { existsSync } from 'node:fs';
import { good, problem, warning, type Finding } from '../../ports/finding.ts';
import { appliedVersion, newestMigration, type DatabaseKind } from './migrate.ts';
import { SqliteConnection } from './connection.ts';
import { isBusy } from './errors.ts';
import { systemFile, tenantFile } from './sqlite-storage.ts';

const restoreAdvice = 'Stop the server, keep a copy of the data directory, and restore the last backup.';
const busyTimeoutMs = 10_000;

/** Looks at every database file of a data directory, by reading only. */
export function inspectDatabases(dataDir: string): Finding[] {
  const file = systemFile(dataDir);
  const findings = [inspectFile(file, 'system.db', 'system')];
  if (findings.some(({ level }) => level === 'problem')) return findings;
  for (const slug of tenantsOf(file)) {
    findings.push(inspectFile(tenantFile(dataDir, slug), `tenants/${slug}.db`, 'tenant'));
  }
  return findings;
}

function inspectFile(file: string, check: string, kind: DatabaseKind): Finding {
  if (!existsSync(file)) return problem(check, `${file} is missing.`, restoreAdvice);
  try {
    using connection = new SqliteConnection(file, { busyTimeoutMs, readOnly: true });
    return (
      inspectSoundness(connection, check) ??
      inspectSchema(connection, check, kind) ??
      (kind === 'tenant' ? inspectSearch(connection, check) : undefined) ??
      good(check, `sound, schema ${newestMigration(kind)}`)
    );
  } catch (error) {
    const advice = isBusy(error) ? 'Run doctor again when the import has ended.' : restoreAdvice;
    return problem(check, `${file} cannot be read: ${(error as Error).message}.`, advice);
  }
}

/** What SQLite itself finds wrong in the file, with its search tables and the references between tables. */
function inspectSoundness(connection: SqliteConnection, check: string): Finding | undefined {
  const [row] = connection.all<{ integrity_check: string }>('PRAGMA integrity_check(1)');
  if (row?.integrity_check !== 'ok') {
    return problem(check, `The file is damaged: ${row?.integrity_check}.`, restoreAdvice);
  }
  const orphans = connection.all('PRAGMA foreign_key_check').length;
  if (orphans === 0) return undefined;
  return problem(check, `${orphans} records belong to a record that is not there.`, restoreAdvice);
}

function inspectSchema(connection: SqliteConnection, check: string, kind: DatabaseKind): Finding | undefined {
  const version = appliedVersion(connection);
  const newest = newestMigration(kind);
  if (version === newest) return undefined;
  if (version > newest) {
    const advice = 'Start the newer program, or restore a backup made before the upgrade.';
    return problem(check, `Schema ${version} is newer than this program’s ${newest}.`, advice);
  }
  const finding = `Schema ${version} is older than this program’s ${newest}.`;
  return warning(check, finding, 'Make a backup; the next start brings it up to date.');
}

/** The search index, and who waits to be indexed, against the records to be found: all are kept in one transaction. */
function inspectSearch(connection: SqliteConnection, check: string): Finding | undefined {
  const [records, indexed] = ['SELECT id FROM patron', 'SELECT id FROM patron_search_docsize'];
  const pending = 'SELECT patron_id AS id FROM search_pending';
  const [row] = connection.all<{ lacking: number; left: number }>(
    `SELECT (SELECT count(*) FROM (${records} EXCEPT ${indexed} EXCEPT ${pending})) AS lacking,
            (SELECT count(*) FROM (${indexed} EXCEPT ${records} EXCEPT ${pending})) AS left`,
  );
  const { lacking, left } = row!;
  if (lacking + left === 0) return undefined;
  const finding = `The search index lacks ${lacking} records and holds ${left} that are gone.`;
  return problem(check, finding, restoreAdvice);
}

function tenantsOf(file: string): string[] {
  using connection = new SqliteConnection(file, { busyTimeoutMs, readOnly: true });
  return connection.all<{ slug: string }>('SELECT slug FROM tenant ORDER BY slug').map(({ slug }) => slug);
}
