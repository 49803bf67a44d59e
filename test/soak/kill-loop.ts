import { killLoop } from '../support/kill-loop.ts';

/**
 * `npm run soak -- [KILLS] [SEED]`: the loop of `test/faults/kill.test.ts`, long. Prints what it found; the
 * outcome of the last long run is in docs/operations/soak.md.
 */
const kills = Number(process.argv[2] ?? 2000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
console.log(`kill loop: ${kills} kills, seed ${seed}`);
const result = await killLoop({
  seed,
  kills,
  onKill: (done) => {
    if (done % 50 === 0) console.log(`${done} kills, all well`);
  },
});
console.log(JSON.stringify({ seed, date: new Date().toISOString().slice(0, 10), ...result }));
