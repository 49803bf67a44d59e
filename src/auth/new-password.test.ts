import { expect, test } from 'vitest';
import { newPassword } from './new-password.ts';

test('a generated password has 20 characters of 5 bits each, none mistakable', () => {
  for (let n = 0; n < 200; n += 1)
    expect(newPassword()).toMatch(/^([0-9a-hjkmnp-tv-z]{4}-){4}[0-9a-hjkmnp-tv-z]{4}$/);
});

test('every character of the alphabet comes up, and no password comes twice', () => {
  const made = Array.from({ length: 500 }, newPassword);
  expect(new Set(made).size).toBe(500);
  expect(new Set(made.join('')).size).toBe(32 + 1);
});
