import { describe, expect, test } from 'vitest';
import type { DoneByRun } from './done-by-run.ts';
import { undoMember, undoRecord } from './undo-values.ts';

const before = { id: 1, name: 'Film', endDate: null, sets: [1, 2] };
const after = { id: 1, name: 'Film 101', endDate: '2026-06-30', sets: [1, 3] };
const updated: DoneByRun = { action: 'updated', before, after };

describe('a record', () => {
  test('goes back whole where it stands as the run left it', () => {
    expect(undoRecord(after, updated)).toEqual({ restore: before, kept: [] });
    expect(undoRecord(before, updated)).toEqual({ kept: [] });
  });

  test('keeps what was changed since, field by field, and tells it', () => {
    expect(undoRecord({ ...after, name: 'Film 102' }, updated)).toEqual({
      restore: { ...before, name: 'Film 102' },
      kept: [{ field: 'name', why: 'changed-since' }],
    });
  });

  test('gets the entries of its lists back one by one', () => {
    // 3 goes and 2 comes back; 4 came and 1 went since.
    expect(undoRecord({ ...after, sets: [3, 4] }, updated).restore).toMatchObject({ sets: [2, 4] });
  });

  test('that the run made goes only where it stands as it was made', () => {
    const created: DoneByRun = { action: 'created', after };
    expect(undoRecord(after, created)).toEqual({ remove: true, kept: [] });
    expect(undoRecord(undefined, created)).toEqual({ kept: [] });
    expect(undoRecord({ ...after, name: 'X' }, created).kept).toEqual([
      { field: 'name', why: 'changed-since' },
    ]);
  });

  test('that is gone since stays gone, and one that the run removed comes back unless it was made again', () => {
    const removed: DoneByRun = { action: 'removed', before };
    expect(undoRecord(undefined, updated).kept).toEqual([{ why: 'removed-since' }]);
    expect(undoRecord(undefined, removed)).toEqual({ bringBack: before, kept: [] });
    expect(undoRecord({ ...before }, removed)).toEqual({ kept: [] });
    expect(undoRecord({ ...before, name: 'X' }, removed).kept).toEqual([{ why: 'changed-since' }]);
  });
});

test('a member goes back as a whole or not at all', () => {
  const was = { startDate: null, endDate: null, inactiveSince: null };
  const is = { startDate: null, endDate: null, inactiveSince: 5 };
  const done: DoneByRun = { action: 'inactivated', before: was, after: is };
  expect(undoMember(is, done)).toEqual({ restore: was, kept: [] });
  expect(undoMember({ ...is, endDate: '2026-06-30' }, done)).toEqual({ kept: [{ why: 'changed-since' }] });
});
