import { readdirSync, readFileSync } from 'node:fs';
import { MusterError } from '../domain/errors.ts';

/** One step of a schema; the engines have theirs in pairs with equal numbers. */
export interface MigrationFile {
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

/** Every migration of an engine in order; numbers are never reused and texts never edited once released. */
export function readMigrations(engine: 'sqlite' | 'postgres'): MigrationFile[] {
  const folder = new URL(`./migrations/${engine}/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      text: readFileSync(new URL(file, folder), 'utf8'),
    }));
}

/** `conflict` where the data is of a newer program, since this one cannot know what its tables mean. */
export function refuseNewer(applied: number, newest: number): void {
  if (applied <= newest) return;
  throw new MusterError(
    'conflict',
    `This data was written by a newer Muster (schema ${applied}, this program knows ${newest}). Start the newer program, or restore a backup made before the upgrade.`,
  );
}
