import { randomBytes } from 'node:crypto';

/** Crockford's 32: no `i`, `l`, `o` or `u`, so nothing is mistaken for a digit when read from paper. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const groups = 5;
const groupCharacters = 4;

/** A generated password of 100 random bits, in groups that can be read out: `7k3m-…`. */
export function newPassword(): string {
  return Array.from({ length: groups }, () =>
    // 32 divides 256, so every character is as likely as any other.
    Array.from(randomBytes(groupCharacters), (byte) => alphabet.charAt(byte % alphabet.length)).join(''),
  ).join('-');
}
