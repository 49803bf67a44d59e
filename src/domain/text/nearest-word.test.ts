import { expect, test } from 'vitest';
import { nearestWord } from './nearest-word.ts';

const types = ['EMAIL', 'PHONE', 'SOCIAL_MEDIA'];

test('a slip of the keyboard finds the word meant, in its own spelling', () => {
  expect(nearestWord('PHOME', types)).toBe('PHONE');
  expect(nearestWord(' e-mail ', types)).toBe('EMAIL');
  expect(nearestWord('Social Media', types)).toBe('SOCIAL_MEDIA');
  expect(nearestWord('EMIAL', types)).toBe('EMAIL');
  expect(nearestWord('FONE', types)).toBe('PHONE');
});

test('the beginning of just one word is enough', () => {
  expect(nearestWord('T', ['TRUE', 'FALSE'])).toBe('TRUE');
  expect(nearestWord('over', ['OVERDUE', 'OVERNIGHT'])).toBeUndefined();
});

test('nothing near: no suggestion', () => {
  expect(nearestWord('FAX', types)).toBeUndefined();
  expect(nearestWord('', types)).toBeUndefined();
  expect(nearestWord('PHONE', [])).toBeUndefined();
  expect(nearestWord('x'.repeat(1_000_000), types)).toBeUndefined();
});
