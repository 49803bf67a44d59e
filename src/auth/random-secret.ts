import { createHash, hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a secret is, as its first letters tell whoever finds it somewhere. */
const prefixes = { key: 'mk', secret: 'ms', code: 'mc', token: 'mt', renewToken: 'mr' } as const;

/**
 * 256 random bits, in letters that need no escape in a form, a URL or a shell; the first ones say what it is, e.g.
 * `mk_…` for a key.
 */
export function newSecret(kind: keyof typeof prefixes): string {
  return `${prefixes[kind]}_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of such a secret: nobody guesses 256 bits, so one round of SHA-256 (in hex) keeps them. */
export function secretHash(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Whether a secret is the one behind a hash; compared in constant time. */
export function isSecret(secret: string, storedHash: string): boolean {
  const given = createHash('sha256').update(secret).digest();
  const stored = Buffer.from(storedHash, 'hex');
  return given.length === stored.length && timingSafeEqual(given, stored);
}

/** A new key with its secret, and what is stored of both. */
export function newCredential() {
  const key = newSecret('key');
  const secret = newSecret('secret');
  return { key, secret, hashes: { keyHash: secretHash(key), secretHash: secretHash(secret) } };
}
