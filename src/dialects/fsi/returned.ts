/** An answer within `d`, within a text: scripts pass what they got. */
const wrappingsMax = 4;

/**
 * F4: the code or token that a call brings as `value`: the text itself, or the whole object that was answered, or
 * that object as a JSON text; also still within its `d`. Blank where none of these is there, which is nobody's.
 */
export function returnedText(value: unknown, member: 'code' | 'token' | 'renewtoken'): string {
  let inner = value;
  for (let step = 0; step <= wrappingsMax; step += 1) {
    if (typeof inner === 'string') {
      const text = inner.trim();
      if (!text.startsWith('{')) return text;
      inner = objectOf(text);
    } else if (typeof inner === 'object' && inner !== null) {
      const object = inner as Record<string, unknown>;
      inner = object[member] ?? object['d'];
    } else {
      return '';
    }
  }
  return '';
}

function objectOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A member that is meant to be a text: a key or a secret. */
export function plainText(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
