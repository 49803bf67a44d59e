import { spawn, spawnSync } from 'node:child_process';

/** Ends the bench where the reference is missing: a ratio to nothing would be no figure. */
export function needSqliteShell(): string {
  const { status, stdout } = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' });
  if (status === 0) return stdout.split(' ')[0]!;
  console.error(
    'The reference of this bench is the sqlite3 shell, which was not found. Install it, e.g. apt-get install sqlite3.',
  );
  return process.exit(1);
}

/** The one table into which a reference imports a file as it is. */
export interface ReferenceTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** What makes the table and its indexes, for either engine. */
  readonly sqlite: string;
  readonly postgres: string;
}

/**
 * Seconds the `sqlite3` shell takes to import a file into a fresh database, into the table with its indexes. Throws
 * unless the table then holds every row.
 */
export async function sqliteImport(
  { name, sqlite }: ReferenceTable,
  csvFile: string,
  database: string,
  rows: number,
  signal: AbortSignal,
): Promise<number> {
  const script = `
${sqlite}
.mode csv
.import --skip 1 "${csvFile}" ${name}
`;
  const started = performance.now();
  await runShell(database, script, signal);
  const seconds = (performance.now() - started) / 1000;
  const count = Number(await runShell(database, `SELECT count(*) FROM ${name};`, signal));
  if (count !== rows) throw new Error(`The sqlite3 shell imported ${count} of ${rows} rows.`);
  return seconds;
}

function runShell(database: string, script: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = spawn('sqlite3', ['-batch', '-bail', database], {
      stdio: ['pipe', 'pipe', 'inherit'],
      signal,
    });
    let output = '';
    shell.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece));
    shell.on('error', reject);
    shell.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`The sqlite3 shell ended with code ${code}.`)),
    );
    shell.stdin.end(script);
  });
}
