import { expect, test } from 'vitest';
import { performInWaves } from './perform-in-waves.ts';

interface Taking {
  readonly name: string;
  readonly takes: readonly string[];
}

/** Each takes things that nobody has yet, or is refused. */
async function takeAll(jobs: readonly Taking[]) {
  const owners = new Map<string, string>();
  const waves: string[][] = [];
  const results = await performInWaves<Taking, Taking, string>(jobs, {
    load: async () => {
      const standing = new Map(owners);
      return (job) => {
        const taken = job.takes.find((thing) => standing.has(thing));
        return taken === undefined
          ? { plan: job, touches: job.takes }
          : { refusal: `${taken} is ${standing.get(taken)}’s`, touches: job.takes };
      };
    },
    write: async (plans) => {
      waves.push(plans.map(({ name }) => name));
      for (const { name, takes } of plans) for (const thing of takes) owners.set(thing, name);
      return plans.map(({ name }) => `${name} has it`);
    },
  });
  return { results, waves };
}

test('what has nothing to do with another is written at once; what has waits for what the first leaves', async () => {
  const { results, waves } = await takeAll([
    { name: 'anna', takes: ['book'] },
    { name: 'ben', takes: ['book', 'pen'] },
    { name: 'carl', takes: ['key'] },
    { name: 'dora', takes: ['pen'] },
  ]);
  expect(results).toEqual(['anna has it', 'book is anna’s', 'carl has it', 'dora has it']);
  // Dora waits for Ben, who might have got the pen, though in the end he is refused.
  expect(waves).toEqual([['anna', 'carl'], ['dora']]);
});

test('no jobs are done without a look', async () => {
  expect(await takeAll([])).toEqual({ results: [], waves: [] });
});
