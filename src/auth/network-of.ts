import { isIPv6 } from 'node:net';

/**
 * What counts as one address when failures are counted: an IPv4 address as it is (also where it comes as
 * `::ffff:…`), of an IPv6 address the first 64 bits, since one household or host has all that follow.
 */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '').toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(bare)) return bare;
  const [head = '', tail] = bare.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  // An IPv4 address at the end stands for two groups.
  const lastGroups = last.length + (last.at(-1)?.includes('.') === true ? 1 : 0);
  const missing = tail === undefined ? 0 : 8 - first.length - lastGroups;
  const groups = [...first, ...Array.from({ length: missing }, () => '0'), ...last];
  const prefix = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${prefix.join(':')}::/64`;
}
