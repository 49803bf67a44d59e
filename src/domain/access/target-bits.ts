/**
 * A set of targets by their numbers, 32 in a word. Thousands of patrons have hundreds of targets each from several sets at
 * once: united and compared word by word, that takes no time worth speaking of.
 */
export type TargetBits = Uint32Array;

export function noTargets(count: number): TargetBits {
  return new Uint32Array((count + 31) >>> 5);
}

export function addTarget(bits: TargetBits, target: number): void {
  bits[target >>> 5]! |= 1 << (target & 31);
}

/** Puts all of `more` into `bits`. */
export function addAll(bits: TargetBits, more: TargetBits): void {
  for (let word = 0; word < bits.length; word += 1) bits[word]! |= more[word]!;
}

/** Leaves in each only what is neither in the other nor in `kept`; gives whether anything is left in either. */
export function takeApart(bits: TargetBits, others: TargetBits, kept: TargetBits): boolean {
  let left = 0;
  for (let word = 0; word < bits.length; word += 1) {
    const apart = (bits[word]! ^ others[word]!) & ~kept[word]!;
    left |= apart;
    bits[word]! &= apart;
    others[word]! &= apart;
  }
  return left !== 0;
}

export function meet(bits: TargetBits, others: TargetBits): boolean {
  for (let word = 0; word < bits.length; word += 1) if ((bits[word]! & others[word]!) !== 0) return true;
  return false;
}

/** The numbers, ascending. */
export function targetsIn(bits: TargetBits): number[] {
  const targets: number[] = [];
  for (let word = 0; word < bits.length; word += 1) {
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) {
      targets.push((word << 5) + (31 - Math.clz32(rest & -rest)));
    }
  }
  return targets;
}

/** Counts one more of each that is in the set, by number; gives whether there was any. */
export function countIn(bits: TargetBits, counts: number[]): boolean {
  let any = 0;
  for (let word = 0; word < bits.length; word += 1) {
    any |= bits[word]!;
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) {
      const target = (word << 5) + (31 - Math.clz32(rest & -rest));
      counts[target] = (counts[target] ?? 0) + 1;
    }
  }
  return any !== 0;
}
