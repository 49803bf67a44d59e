import { expect, test } from 'vitest';
import type { StoredRecordChange } from '../ports/record-changes.ts';
import { doneByRun } from './record-life.ts';

let nextId = 1;
function entry(
  runId: number | null,
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): StoredRecordChange {
  const action = before === null ? 'created' : after === null ? 'removed' : 'updated';
  const actor = { name: 'a', channel: 'api' } as const;
  return {
    id: nextId++,
    runId,
    at: 1,
    actor,
    entity: 'group',
    recordId: 1,
    patronId: null,
    action,
    before,
    after,
  };
}
const stands = (name: string, createdRun: number | null) => ({ values: { name }, createdRun });

test('what a run made is told by who made it, and how it was made by the first change since', () => {
  expect(doneByRun(5, stands('A', 5), [])).toEqual({ action: 'created', after: { name: 'A' } });
  const changed = [entry(6, { name: 'A' }, { name: 'B' })];
  expect(doneByRun(5, stands('B', 5), changed)).toEqual({ action: 'created', after: { name: 'A' } });
  expect(doneByRun(6, stands('B', 5), changed)).toMatchObject({ action: 'updated', before: { name: 'A' } });
  expect(doneByRun(7, stands('B', 5), changed)).toBeUndefined();
});

test('what a run made and then changed itself counts as it left it, and several changes as one', () => {
  const entries = [
    entry(5, { name: 'A' }, { name: 'B' }),
    entry(6, { name: 'B' }, { name: 'C' }),
    entry(6, { name: 'C' }, { name: 'D' }),
  ];
  expect(doneByRun(5, stands('D', 5), entries)).toEqual({ action: 'created', after: { name: 'B' } });
  expect(doneByRun(6, stands('D', 5), entries)).toEqual({
    action: 'updated',
    before: { name: 'B' },
    after: { name: 'D' },
  });
});

test('a thing that was removed and brought back has two lives, each with its own beginning', () => {
  const removal = entry(8, { name: 'A', createdRun: 5, createdAt: 1 }, null);
  // Run 5 made it, run 8 removed it, run 9 brought it back.
  expect(doneByRun(5, stands('A', 9), [removal])).toEqual({ action: 'created', after: { name: 'A' } });
  expect(doneByRun(8, stands('A', 9), [removal])).toMatchObject({ action: 'removed' });
  expect(doneByRun(9, stands('A', 9), [removal])).toEqual({ action: 'created', after: { name: 'A' } });
});
