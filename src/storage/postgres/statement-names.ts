import { createHash } from 'node:crypto';

/** More would only fill the memory of every connection: names are for the few statements that are asked all the time. */
const namesMax = 250;

const names = new Map<string, string>();

/**
 * The name under which a connection keeps a statement prepared: made of its text, so that no two texts share one.
 * Undefined once too many have one; such a statement is prepared anew each time, as any without a name.
 */
export function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= namesMax) return known;
  const name = `muster_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
  names.set(text, name);
  return name;
}
