import { expect, test } from 'vitest';
import { isSecret, newCredential, newSecret, secretHash } from './random-secret.ts';

test('a secret has 256 bits of its own, says what it is, and needs no escape anywhere', () => {
  const many = Array.from({ length: 200 }, () => newSecret('token'));
  expect(new Set(many).size).toBe(200);
  for (const secret of many) {
    expect(secret).toMatch(/^mt_[\w-]{43}$/);
    expect(encodeURIComponent(secret)).toBe(secret);
  }
});

test('a secret is known by its hash, and nothing else is', () => {
  const { key, secret, hashes } = newCredential();
  expect(hashes).toEqual({ keyHash: secretHash(key), secretHash: secretHash(secret) });
  expect(isSecret(secret, hashes.secretHash)).toBe(true);
  for (const other of [key, '', `${secret} `, secret.slice(1)]) {
    expect(isSecret(other, hashes.secretHash)).toBe(false);
  }
  for (const stored of ['', 'ab', 'no hex at all']) expect(isSecret(secret, stored)).toBe(false);
});
