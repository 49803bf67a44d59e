import { expect, test } from 'vitest';
import { passwordProblem } from './password-rule.ts';

test('a password is long enough and not the username', () => {
  expect(passwordProblem('eight-ok', 'anna')).toBeUndefined();
  expect(passwordProblem('pass:wörd', 'anna')).toBeUndefined();
  expect(passwordProblem('short 7', 'anna')).toMatch(/too short \(7\).*at least 8/);
  expect(passwordProblem('          ', 'anna')).toMatch(/blank/);
  expect(passwordProblem('Autoimport', 'autoimport')).toMatch(/is the username/);
  expect(passwordProblem('x'.repeat(1025), 'anna')).toMatch(/1024/);
});

test('characters count as people count them', () => {
  expect(passwordProblem('u\u0308'.repeat(7), 'anna')).toMatch(/too short \(7\)/);
  expect(passwordProblem('u\u0308'.repeat(8), 'anna')).toBeUndefined();
});
