import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { engineName } from '../support/engines.ts';
import { killLoop } from '../support/kill-loop.ts';
import { setup } from '../support/postgres-setup.ts';

/**
 * `npm run soak -- [KILLS] [SEED]`: the loop of `test/faults/kill.test.ts`, long; on PostgreSQL with
 * `MUSTER_TEST_ENGINE=postgres`. The kills are shared out to as many loops as there are processors, each a process with
 * data and a seed of its own. Prints what they found; the outcome of the last long run is in docs/operations/soak.md.
 */
const kills = Number(process.argv[2] ?? 2000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const isShare = process.argv[4] === 'share';
await (isShare ? loop() : shareOut());

async function shareOut(): Promise<void> {
  const count = Math.min(availableParallelism(), kills);
  console.log(`kill loop on ${engineName}: ${kills} kills in ${count} loops, seeds from ${seed}`);
  const release = engineName === 'postgres' ? await setup() : undefined;
  try {
    const ends = Array.from({ length: count }, (_, place) => {
      const share = Math.floor(kills / count) + (place < kills % count ? 1 : 0);
      const args = [fileURLToPath(import.meta.url), String(share), String(seed + place), 'share'];
      return once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit') as Promise<[number | null]>;
    });
    if ((await Promise.all(ends)).some(([code]) => code !== 0)) process.exitCode = 1;
  } finally {
    await release?.();
  }
}

async function loop(): Promise<void> {
  const result = await killLoop({
    seed,
    kills,
    onKill: (done) => {
      if (done % 50 === 0) console.log(`seed ${seed}: ${done} kills, all well`);
    },
  });
  const date = new Date().toISOString().slice(0, 10);
  console.log(JSON.stringify({ engine: engineName, seed, date, ...result }));
}
