import { expect, test } from 'vitest';
import { schoolYears } from '../support/school-years.ts';

/** Around one summer, with far more broken exports than any school has. */
const short = { seed: 20261122, pupils: 420, years: 7, firstNight: 205, nights: 60, faultShare: 0.4 };

test('S10 in a simulated school year no broken file beyond a threshold is applied, and no ordinary night is held', async () => {
  const { summers, falseHolds, broken } = await schoolYears(short);
  expect(summers).toBe(1);
  expect(falseHolds).toEqual([]);
  expect(Object.values(broken).map(({ wrongly }) => wrongly)).toEqual([0, 0, 0, 0]);
  // A year in which nothing was held, or nothing small slipped through, would prove little.
  expect(broken['cut-patrons'].held + broken['half-patrons'].held).toBeGreaterThan(2);
  expect(broken['half-contacts'].held).toBeGreaterThan(1);
  // A threshold of 30 % lets nothing larger pass.
  for (const { missedShareMax } of Object.values(broken)) expect(missedShareMax).toBeLessThanOrEqual(30);
});
