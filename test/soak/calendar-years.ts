import { calendarYears } from '../support/calendar-years.ts';

/**
 * `npm run soak:calendar -- [YEARS] [SEED]`: so many years of a tenant in each of four zones, and of one that is moved between
 * them and the ends of the world, held against an oracle after every look. Ends at the first difference, with the seed.
 */
const years = Number(process.argv[2] ?? 10);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const named = ['America/New_York', 'Europe/London', 'Australia/Sydney', 'Asia/Kolkata'];
const lives = [...named.map((zone) => [zone]), [...named, 'Pacific/Kiritimati', 'Pacific/Niue']];
const date = new Date().toISOString().slice(0, 10);
console.log(`calendar: ${years} years of ${lives.length} tenants, seed ${seed}`);
for (const [index, zones] of lives.entries()) {
  const plan = { zones, from: '2024-01-01', days: Math.round(365.25 * years), seed: seed + index };
  console.log(JSON.stringify({ date, zones, seed: plan.seed, ...(await calendarYears(plan)) }));
}
