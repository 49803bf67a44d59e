import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyFields } from '../../domain/patron/patron.ts';
import { KeysSeen } from './keys-seen.ts';

test('S4 a key that came before is never overlooked, whatever came between', () => {
  const key = fc.tuple(fc.constantFrom(...keyFields), fc.string({ minLength: 1, unit: 'binary' }));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
      const seen = new KeysSeen();
      for (const [field, text] of keys) seen.add(field, text);
      for (const [field, text] of keys) expect(seen.add(field, text)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test('S4 keys in a series, of two fields, are hardly ever taken for each other', () => {
  const seen = new KeysSeen();
  let mistaken = 0;
  for (let number = 0; number < 100_000; number++) {
    for (const field of ['barcode', 'externalid'] as const) {
      if (seen.add(field, String(2_900_000_000 + number))) mistaken++;
    }
  }
  expect(mistaken).toBeLessThan(20);
});
