import { MusterError } from '../domain/errors.ts';
import type { Run } from '../ports/runs.ts';

/** The number of a file of a run by its name; `not-found` where the run has none of that name. */
export function fileNumber({ id, files }: Pick<Run, 'id' | 'files'>, name: string): number {
  const number = files.findIndex((file) => file.name === name);
  if (number >= 0) return number;
  const names = files.map((file) => file.name).join(', ');
  throw new MusterError(
    'not-found',
    files.length === 0 ? `Run ${id} has but one file.` : `Run ${id} has no file “${name}”; it has ${names}.`,
  );
}
