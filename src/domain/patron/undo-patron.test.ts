import { expect, test } from 'vitest';
import type { PatronValues } from './patron.ts';
import { undoPatron } from './undo-patron.ts';

const before: PatronValues = {
  username: 'jsmith',
  barcode: '100',
  externalid: 'A-1',
  firstname: 'Jane',
  surname: 'Smith',
  classgrade: '7B',
  room: 'R12',
  role: 'STUDENT',
  status: 'ACTIVE',
};
const after: PatronValues = { ...before, surname: 'Smyth', classgrade: '8B', room: '' };
const updated = { action: 'updated', before, after } as const;
const created = { action: 'created', after } as const;

test('an update that nobody touched since goes back whole', () => {
  expect(undoPatron({ ...after, id: 1 }, updated, false)).toEqual({ restore: before, kept: [] });
});

test('a field changed since stays and is listed; the others go back', () => {
  const current = { ...after, id: 1, classgrade: '9C', firstname: 'Janet' };
  expect(undoPatron(current, updated, true)).toEqual({
    restore: { ...before, classgrade: '9C', firstname: 'Janet' },
    kept: [{ field: 'classgrade', why: 'changed-since' }],
  });
});

test('what was put back by hand already is neither written nor listed', () => {
  expect(undoPatron({ ...before, id: 1 }, updated, true)).toEqual({ kept: [] });
});

test('an inactivation goes back to active, and stays when somebody changed the status since', () => {
  const gone = { action: 'inactivated', before, after: { ...before, status: 'INACTIVE' } } as const;
  expect(undoPatron({ ...before, id: 1, status: 'INACTIVE' }, gone, false).restore?.status).toBe('ACTIVE');
  expect(undoPatron({ ...before, id: 1, status: 'ACTIVE' }, gone, true)).toEqual({ kept: [] });
});

test('a patron removed since is listed, not made again', () => {
  expect(undoPatron(undefined, updated, true)).toEqual({ kept: [{ field: 'patron', why: 'removed-since' }] });
});

test('a patron the run created is removed when nothing touched it', () => {
  expect(undoPatron({ ...after, id: 1 }, created, false)).toEqual({ remove: true, kept: [] });
  expect(undoPatron(undefined, created, false)).toEqual({ kept: [] });
});

test('a created patron that was changed or touched since stays and is listed', () => {
  expect(undoPatron({ ...after, id: 1, room: 'R1' }, created, false)).toEqual({
    kept: [{ field: 'room', why: 'changed-since' }],
  });
  expect(undoPatron({ ...after, id: 1 }, created, true)).toEqual({
    kept: [{ field: 'patron', why: 'touched-since' }],
  });
});

test('only the fields of a record are restored, never its id or provenance', () => {
  const stored = { ...after, id: 1, createdRun: 4, createdAt: 0 };
  expect(Object.keys(undoPatron(stored, updated, false).restore ?? {})).toEqual(Object.keys(before));
});
