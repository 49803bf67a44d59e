import { expect, test } from 'vitest';
import { progressLine } from './progress-bar.ts';

const progress = { runId: 1, rowsRead: 500_000, subjectsPlanned: 0, subjectsTotal: 0, applied: 0 };

test.each([
  [undefined, 'Waiting for its turn …'],
  [progress, 'Reading: 500,000 rows'],
  [
    { ...progress, subjectsPlanned: 50_000, subjectsTotal: 200_000 },
    '██████░░░░░░░░░░░░░░░░░░ 50,000 of 200,000 patrons',
  ],
  [
    { ...progress, subjectsPlanned: 200_100, subjectsTotal: 200_000, applied: 1_000 },
    '████████████████████████ 200,100 of 200,000 patrons, 1,000 records written',
  ],
  // An undo does not know how many there will be.
  [{ ...progress, rowsRead: 0, subjectsPlanned: 7, applied: 7 }, '7 patrons, 7 records written'],
])('says how far a run is: %j', (at, line) => {
  expect(progressLine(at)).toBe(line);
});

test('a narrow terminal gets one line, not two', () => {
  expect(progressLine({ ...progress, subjectsPlanned: 1, subjectsTotal: 2 }, 20)).toHaveLength(19);
});
