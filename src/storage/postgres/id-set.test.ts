import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdSet, type IdRange } from './id-set.ts';

/** Where words of 32 and pieces of 32,768 begin and end, and far apart. */
const anId = fc.oneof(
  fc.nat(200),
  fc.integer({ min: 32_700, max: 32_850 }),
  fc.integer({ min: 2 ** 40, max: 2 ** 40 + 70 }),
);
const aRange = fc.tuple(anId, fc.nat(150)).map(([first, more]): IdRange => [first, first + more]);

test('a set of ids knows each of them once, and tells the runs they make, whichever way they were put in', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anId, aRange), { maxLength: 40 }), (puts) => {
      const set = new IdSet();
      const known = new Set<number>();
      const answers: [boolean, boolean][] = [];
      for (const put of puts) {
        if (typeof put === 'number') {
          answers.push([set.add(put), !known.has(put)]);
          known.add(put);
        } else {
          set.addRange(put);
          for (let id = put[0]; id <= put[1]; id++) known.add(id);
        }
      }
      expect(answers.map(([isNew]) => isNew)).toEqual(answers.map(([, wasUnknown]) => wasUnknown));
      const runs: [number, number][] = [];
      for (const id of [...known].sort((one, other) => one - other)) {
        const last = runs.at(-1);
        if (last?.[1] === id - 1) last[1] = id;
        else runs.push([id, id]);
      }
      expect([...set.ranges()]).toEqual(runs);
    }),
  );
});
