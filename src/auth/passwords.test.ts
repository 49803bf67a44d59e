import { expect, test } from 'vitest';
import { hashPassword, verifyNobody, verifyPassword } from './passwords.ts';

test('a password verifies against its own hash and no other does', async () => {
  const phc = await hashPassword('pass:wörd');
  expect(await verifyPassword('pass:wörd', phc)).toBe(true);
  expect(await verifyPassword('pass:word', phc)).toBe(false);
  expect(await verifyPassword('', phc)).toBe(false);
});

test('I1 an ü counts as the same in either Unicode form', async () => {
  expect(await verifyPassword('Mu\u0308ller', await hashPassword('M\u00fcller'))).toBe(true);
});

test('a hash is a PHC string with its own salt', async () => {
  const [one, other] = [await hashPassword('same'), await hashPassword('same')];
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(other);
});

test('a hash made elsewhere with other parameters verifies', async () => {
  // The reference implementation's own vector: password "password", salt "somesalt", t=2, m=2^16, p=1.
  const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect(await verifyPassword('password', reference)).toBe(true);
  expect(await verifyPassword('Password', reference)).toBe(false);
});

test.each([
  '',
  'password',
  '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  '$argon2id$v=19$m=4000000000,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$',
  '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$AA',
])('a damaged stored hash %j verifies nothing and throws nothing', async (phc) => {
  expect(await verifyPassword('password', phc)).toBe(false);
});

test('nobody has no password', async () => {
  expect(await verifyNobody('')).toBe(false);
});
