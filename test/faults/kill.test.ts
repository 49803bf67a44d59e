import { expect, test } from 'vitest';
import { engineName } from '../support/engines.ts';
import { killLoop } from '../support/kill-loop.ts';

/** Each loop has a place of its own; the two share the machine. */
const killsEach = engineName === 'sqlite' ? 50 : 25;
const loopTimeoutMs = 15 * 60_000;

test(
  `S9 killed ${2 * killsEach} times at random moments, every answered import is whole and the others whole or not begun`,
  { timeout: loopTimeoutMs },
  async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const loops = [seed, seed + 1].map((one) => killLoop({ seed: one, kills: killsEach }));
    const results = await Promise.all(loops);
    const sum = (count: (result: (typeof results)[number]) => number) =>
      results.reduce((total, result) => total + count(result), 0);
    expect(sum(({ kills }) => kills)).toBeGreaterThanOrEqual(2 * killsEach);
    // Kills that met nothing would prove nothing.
    expect(sum(({ takenOver }) => takenOver)).toBeGreaterThan(3);
    expect(sum(({ answered }) => answered)).toBeGreaterThan(5);
  },
);
