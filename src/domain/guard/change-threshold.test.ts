import { expect, test } from 'vitest';
import { defaultThresholds, isBeyond } from './change-threshold.ts';

const { patronsInactivated, contactsLost } = defaultThresholds;

test.each([
  // The number alone.
  [50, 100, false],
  [51, 100, true],
  [51, 51, true],
  // The share alone: 30 % of 200 is 60.
  [60, 200, false],
  [61, 200, true],
  // A share between two whole numbers: 30 % of 171 is 51.3.
  [51, 171, false],
  [52, 171, true],
  [51, 169, true],
  [0, 0, false],
  // More than there was is beyond any share.
  [51, 0, true],
])('S10 %d of %d patrons made inactive is beyond the default: %s', (count, of, beyond) => {
  expect(isBeyond(patronsInactivated, count, of)).toBe(beyond);
});

test.each([
  [200, 300, false],
  [201, 300, true],
  [300, 1000, false],
  [301, 1000, true],
  // More comes than goes.
  [-500, 1000, false],
])('S10 a net loss of %d of %d contacts is beyond the default: %s', (count, of, beyond) => {
  expect(isBeyond(contactsLost, count, of)).toBe(beyond);
});

test('S10 a threshold that is switched off is never passed, one of nothing always', () => {
  expect(isBeyond(null, 1_000_000, 1)).toBe(false);
  expect(isBeyond({ moreThan: 0, percent: 0 }, 1, 1_000_000)).toBe(true);
  expect(isBeyond({ moreThan: 0, percent: 0 }, 0, 1_000_000)).toBe(false);
  expect(isBeyond({ moreThan: 0, percent: 100 }, 10, 10)).toBe(false);
});
