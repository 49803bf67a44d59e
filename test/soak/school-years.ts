import { schoolYears } from '../support/school-years.ts';

/**
 * `npm run soak:years -- [YEARS] [SEED]`: so many years of schools of several shapes. Prints which broken exports were
 * missed and which ordinary nights were held; the outcome of the last long run is in docs/operations/soak.md.
 */
const years = Number(process.argv[2] ?? 3);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const shapes = [
  { pupils: 150, years: 6 },
  { pupils: 420, years: 7 },
  { pupils: 900, years: 13 },
  // So few years that the summer takes more than 30 % of the school.
  { pupils: 300, years: 3 },
];
const date = new Date().toISOString().slice(0, 10);
console.log(`school years: ${years} years of ${shapes.length} schools, seed ${seed}`);
for (const [index, shape] of shapes.entries()) {
  const result = await schoolYears({ ...shape, seed: seed + index, nights: 260 * years, faultShare: 0.08 });
  const { falseHolds, ...rest } = result;
  console.log(JSON.stringify({ date, seed: seed + index, ...shape, falseHolds: falseHolds.length, ...rest }));
  for (const hold of falseHolds) console.log(`  held: ${hold}`);
}
