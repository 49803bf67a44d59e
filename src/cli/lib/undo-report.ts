import type { RunRowView } from '../../directory/view-run.ts';
import { viewRunRow } from '../../directory/view-run.ts';
import type { Run } from '../../ports/runs.ts';
import type { TenantReader } from '../../ports/tenant-store.ts';
import { say } from './print.ts';

const rowsPerPage = 500;

/** What the undo left as it is, in the order it was met. */
export async function listKept(reader: TenantReader, undo: Run): Promise<RunRowView[]> {
  const kept: RunRowView[] = [];
  for (let page = 1; ; page++) {
    const query = { outcome: 'ignored', page, pageSize: rowsPerPage } as const;
    const { items } = await reader.runRows.list(undo.id, query);
    for (const row of items) kept.push(viewRunRow(row, undo));
    if (items.length < rowsPerPage) return kept;
  }
}

/** Tells what the undo left as it is: each reason once, and under it what it holds for. */
export function reportKept(kept: readonly RunRowView[]): void {
  for (const [code, rows] of Map.groupBy(kept, (row) => row.code)) {
    const heading = code === null ? undefined : headings[code];
    if (heading === undefined || rows.length === 1) {
      for (const { message } of rows) say(message ?? '');
      continue;
    }
    say(`${heading}:`);
    for (const { value, column } of rows) say(`  ${value ?? ''}${column === null ? '' : ` (${column})`}`);
  }
}

/** The notes of what stays (`kept-…` of the catalogue), said of several at once. */
const headings: Readonly<Record<string, string>> = {
  'kept-changed-since': 'Changed since, so they stay as they are',
  'kept-touched-since': 'Changed or given contacts since, so these patrons stay',
  'kept-removed-since': 'Removed since, so they stay removed',
  'kept-twin-since': 'Not brought back, because the same contact stands there now',
  'kept-key-taken': 'As they are, because a key they had belongs to another patron now',
  'kept-identifier-taken': 'Without the identifier they had, because another has it now',
  'kept-referred-since': 'Used by something else since, so they stay',
};
