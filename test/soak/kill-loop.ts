import { engineName } from '../support/engines.ts';
import { killLoop } from '../support/kill-loop.ts';
import { setup } from '../support/postgres-setup.ts';

/**
 * `npm run soak -- [KILLS] [SEED]`: the loop of `test/faults/kill.test.ts`, long; on PostgreSQL with
 * `MUSTER_TEST_ENGINE=postgres`. Prints what it found; the outcome of the last long run is in
 * docs/operations/soak.md.
 */
const kills = Number(process.argv[2] ?? 2000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
console.log(`kill loop on ${engineName}: ${kills} kills, seed ${seed}`);
const release = engineName === 'postgres' ? await setup() : undefined;
try {
  const result = await killLoop({
    seed,
    kills,
    onKill: (done) => {
      if (done % 50 === 0) console.log(`${done} kills, all well`);
    },
  });
  const date = new Date().toISOString().slice(0, 10);
  console.log(JSON.stringify({ engine: engineName, seed, date, ...result }));
} finally {
  await release?.();
}
