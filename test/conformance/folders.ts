import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A case that is a folder of files, as `conformance/README.md` describes it. */
export interface FolderCase {
  readonly folder: string;
  readonly title: string;
  readonly steps: readonly DeliveryStep[];
  readonly state: unknown;
}

/** The files of a folder, delivered together. */
export interface DeliveryStep {
  readonly folder: string;
  readonly counts?: Readonly<Record<string, number>>;
  /** File → row → outcome. */
  readonly rows?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly refused?: boolean;
}

export interface CaseFileText {
  readonly name: string;
  readonly bytes: Buffer;
}

const root = fileURLToPath(new URL('../../conformance/webcheckout/', import.meta.url));

/** Every case there is; beside them lies the campus they all start with. */
export function readFolderCases(): FolderCase[] {
  const folders = readdirSync(root).filter((name) => name !== 'campus');
  return folders.toSorted().map((folder) => ({
    folder,
    ...(readJson(folder, 'case.json') as Pick<FolderCase, 'title' | 'steps'>),
    state: readJson(folder, 'state.json'),
  }));
}

/** The CSV files of a folder by name. */
export function filesIn(...path: readonly string[]): CaseFileText[] {
  const folder = join(root, ...path);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.csv'))
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

function readJson(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(join(root, folder, name), 'utf8'));
}
