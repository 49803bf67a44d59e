/** More than any form of a script has; each is one comparison at most. */
const fieldsMax = 2_000;
/** `keyword[0][tokens][0][key]` has five parts. */
const partsMax = 12;

/** A field of a form as it came: `keyword[0][tokens][0][key]` and its text. */
export type FormField = readonly [name: string, value: string];

type Branch = Map<string, Branch | string>;

/**
 * The fields of a form, shaped as the same request would be in JSON: brackets in a name lead into objects, and
 * numbers or nothing between them into lists. Of a field that comes twice the last one counts. Undefined where there
 * are more fields, or deeper ones, than a script has any use for.
 */
export function shapeForm(fields: readonly FormField[]): Record<string, unknown> | undefined {
  if (fields.length > fieldsMax) return undefined;
  const root: Branch = new Map();
  for (const [name, value] of fields) {
    const parts = partsOf(name);
    if (parts.length > partsMax) return undefined;
    put(root, parts, value);
  }
  return Object.fromEntries(root.entries().map(([name, value]) => [name, shapeOf(value)]));
}

const bracketed = /^([^[\]]+)((?:\[[^[\]]*\])+)$/;

/** A name that is not well-formed is one part, brackets and all, and means nothing to anybody. */
function partsOf(name: string): string[] {
  const [, first, rest] = bracketed.exec(name) ?? [];
  return first === undefined ? [name] : [first, ...rest!.slice(1, -1).split('][')];
}

function put(branch: Branch, [first = '', ...rest]: readonly string[], value: string): void {
  const name = first === '' ? String(branch.size) : first;
  if (rest.length === 0) {
    branch.set(name, value);
    return;
  }
  let next = branch.get(name);
  if (!(next instanceof Map)) {
    next = new Map();
    branch.set(name, next);
  }
  put(next, rest, value);
}

function shapeOf(value: Branch | string): unknown {
  if (typeof value === 'string') return value;
  const entries = [...value].map(([name, inner]) => [name, shapeOf(inner)] as const);
  const isList = entries.every(([name]) => /^\d{1,9}$/.test(name));
  if (!isList) return Object.fromEntries(entries);
  return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, inner]) => inner);
}
