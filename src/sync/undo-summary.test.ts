import { expect, test } from 'vitest';
import { noCounts } from '../domain/outcome.ts';
import { undoSummary } from './undo-summary.ts';

test('tells patrons from contacts, leaves out what did not happen, and says of how many something stays', () => {
  expect(
    undoSummary(1, {
      patronCounts: { ...noCounts(), removed: 16 },
      contactCounts: { ...noCounts(), created: 1, updated: 2, removed: 17 },
      patrons: 57,
      keptPatrons: 41,
    }),
  ).toBe(
    'Run 1 taken back: 1 contact brought back, 2 contacts set back, 16 patrons and 17 contacts removed. 41 of 57 patrons keep something of it, because of later changes.',
  );
});

test('says so when nothing was left to take back', () => {
  const nothing = { patronCounts: noCounts(), contactCounts: noCounts() };
  expect(undoSummary(2, { ...nothing, patrons: 1, keptPatrons: 1 })).toBe(
    'Run 2 taken back: nothing was left of it to take back. 1 of 1 patrons keeps something of it, because of later changes.',
  );
});
