/** What the log says of an error. */
export interface SafeError {
  readonly type: string;
  readonly code?: string | number;
  readonly errcode?: number;
  readonly stack: string;
  readonly cause?: SafeError;
}

/** `    at name (file:///…:1:2)`, and nothing that a message of several lines could bring. */
const frame = /^ {4}at (?:[\w.$<>#[\] ]+ \()?(?:async )?(?:node:|file:\/\/|\/|[A-Z]:\\|<anonymous>|native)/;
const causesMax = 3;

/**
 * An error without its message: databases, parsers and the framework quote values and addresses in theirs.
 * What is left says where it happened and of what kind it is.
 */
export function safeError(error: unknown, depth = 0): SafeError {
  if (!(error instanceof Error)) return { type: typeof error, stack: '' };
  const { name, message, cause } = error;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return {
    type: /^\w{1,60}$/.test(name) ? name : 'Error',
    ...(isCode(code) ? { code } : {}),
    ...(typeof errcode === 'number' ? { errcode } : {}),
    stack: framesOf(error.stack ?? '', message),
    ...(cause !== undefined && depth < causesMax ? { cause: safeError(cause, depth + 1) } : {}),
  };
}

/** Codes are words of a program (`ENOENT`, `file-refused`); anything else might be data. */
function isCode(code: unknown): code is string | number {
  return typeof code === 'number' || (typeof code === 'string' && /^[\w-]{1,60}$/.test(code));
}

function framesOf(stack: string, message: string): string {
  const at = message === '' ? -1 : stack.indexOf(message);
  const rest = at < 0 ? stack : stack.slice(at + message.length);
  return rest
    .split('\n')
    .filter((line) => frame.test(line))
    .map((line) => line.trim())
    .join('\n');
}
