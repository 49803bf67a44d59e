import { expect, test } from 'vitest';
import { setsMemberAgain, setsValuesAgain } from './redoes-undone-records.ts';

const record = { name: 'Film', endDate: null, inactiveSince: null, sets: [1] };
const undone = { before: { ...record, name: 'Film 101', sets: [1, 2] }, after: record };

test('S10 a record that gets the value or the entry again which an undo took from it is done again', () => {
  const again = (after: Partial<typeof record>) => setsValuesAgain(undone, record, { ...record, ...after });
  expect(again({ name: 'Film 101' })).toBe(true);
  expect(again({ sets: [1, 2, 3] })).toBe(true);
  // Any other change is none.
  expect(again({ name: 'Film 102' })).toBe(false);
  expect(again({ sets: [1, 3] })).toBe(false);
  // Nor is what stands so already.
  expect(setsValuesAgain(undone, { ...record, name: 'Film 101' }, { ...record, name: 'Film 101' })).toBe(
    false,
  );
});

test('S10 a member that is left out again is done again, whenever that was', () => {
  const member = { sectionId: 1, patronId: 2, startDate: null, endDate: null, inactiveSince: null };
  const took = { before: { ...member, inactiveSince: 5 }, after: member };
  expect(setsMemberAgain(took, { before: member, after: { ...member, inactiveSince: 99 } })).toBe(true);
  expect(setsMemberAgain(took, { before: member, after: { ...member, endDate: '2026-06-30' } })).toBe(false);
});
