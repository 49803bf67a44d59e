import type { RowNote, RowResult } from '../outcome.ts';
import { nearestWord } from '../text/nearest-word.ts';
import { registryColumns, type RegistryColumn, type RegistryEntity } from './registry-columns.ts';

/** What a row says of a record of a registry, by field; what it leaves alone is missing. */
export interface RegistryRow {
  readonly row: number;
  readonly identifier: string;
  readonly fields: Readonly<Record<string, string | boolean>>;
}

export type ParsedRegistryRow =
  | { readonly said: RegistryRow; readonly failed?: undefined }
  | { readonly failed: RowResult };

/**
 * The parser of the rows of one file of a registry (M4). `columns` tells where each column stands; every fault of a row
 * is told.
 */
export function registryRowParser(
  entity: RegistryEntity,
  columns: ReadonlyMap<string, number>,
): (cells: readonly string[], row: number) => ParsedRegistryRow {
  const specs: readonly RegistryColumn[] = registryColumns[entity];
  return (cells, row) => {
    const notes: RowNote[] = [];
    const fields: Record<string, string | boolean> = {};
    let identifier = '';
    for (const { name, field, holds } of specs) {
      const at = columns.get(name);
      const cell = at === undefined ? '' : (cells[at] ?? '').trim();
      if (holds === 'flag') {
        if (cell === '') continue;
        const flag = readFlag(cell);
        if (flag === undefined) notes.push(flagInvalid(name, cell));
        else fields[field] = flag;
        continue;
      }
      if (cell === '') notes.push({ code: 'cell-blank', column: name });
      if (holds === 'identifier') identifier = cell;
      fields[field] = cell;
    }
    if (notes.length > 0) return { failed: { row, outcome: 'failed', notes } };
    return { said: { row, identifier, fields } };
  };
}

/** The record after a row was read over what stands; flags of a new one that the row leaves out are not set. */
export function mergeRegistryRow(
  entity: RegistryEntity,
  stored: Readonly<Record<string, unknown>> | undefined,
  { fields }: RegistryRow,
): Record<string, unknown> {
  const specs: readonly RegistryColumn[] = registryColumns[entity];
  const flags = specs.filter(({ holds }) => holds === 'flag').map(({ field }) => [field, false]);
  return { ...Object.fromEntries(flags), ...stored, ...fields };
}

function readFlag(cell: string): boolean | undefined {
  const word = cell.toUpperCase();
  return word === 'TRUE' || word === 'FALSE' ? word === 'TRUE' : undefined;
}

function flagInvalid(column: string, value: string): RowNote {
  const suggestion = nearestWord(value, ['TRUE', 'FALSE']);
  return { code: 'boolean-invalid', column, value, ...(suggestion === undefined ? {} : { suggestion }) };
}
