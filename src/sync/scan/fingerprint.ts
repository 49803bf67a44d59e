/** Words of 32 bits in a fingerprint. */
export const fingerprintWords = 4;

/** A seed as the four words it is kept in; from 16 random bytes. */
export function seedWords(seed: Uint8Array): Uint32Array {
  const view = new DataView(seed.buffer, seed.byteOffset, seed.byteLength);
  return Uint32Array.from({ length: fingerprintWords }, (_, word) => view.getUint32(4 * word, true));
}

/**
 * Mixes the bytes `from..to` into the four words of `state` at `at`, so that after several rows the words
 * depend on every byte, the order of the rows and where each one ends. Four lanes of multiplication and
 * rotation as in Murmur3 (x86, 128 bits), begun from a secret seed. It tells a changed row from an unchanged one;
 * it is no seal, since who may send a file may change what is in it.
 */
export function mixRow(state: Uint32Array, at: number, bytes: DataView, from: number, to: number): void {
  let a = state[at]!;
  let b = state[at + 1]!;
  let c = state[at + 2]!;
  let d = state[at + 3]!;
  let next = from;
  for (; next + 16 <= to; next += 16) {
    a = lane(a, bytes.getInt32(next, true), b);
    b = lane(b, bytes.getInt32(next + 4, true), c);
    c = lane(c, bytes.getInt32(next + 8, true), d);
    d = lane(d, bytes.getInt32(next + 12, true), a);
  }
  for (; next < to; next += 4) {
    const mixed = lane(a, next + 4 <= to ? bytes.getInt32(next, true) : lastBytes(bytes, next, to), d);
    a = b;
    b = c;
    c = d;
    d = mixed;
  }
  // The length, so that a cell which moves from the end of one row to the next one is seen.
  a = lane(a, to - from, b);
  b = spread(b ^ a);
  c = spread(c ^ b);
  d = spread(d ^ c);
  state[at] = spread(a ^ d);
  state[at + 1] = b;
  state[at + 2] = c;
  state[at + 3] = d;
}

/** Fewer than four bytes as a word. */
function lastBytes(bytes: DataView, from: number, to: number): number {
  let word = 0;
  for (let byte = to - 1; byte >= from; byte--) word = (word << 8) | bytes.getUint8(byte);
  return word;
}

function lane(value: number, input: number, neighbour: number): number {
  const mixed = Math.imul(input, 0x239b961b);
  const turned = value ^ Math.imul((mixed << 15) | (mixed >>> 17), 0xab0e9789);
  return (Math.imul((turned << 19) | (turned >>> 13), 5) + 0x561ccd1b + neighbour) | 0;
}

function spread(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
