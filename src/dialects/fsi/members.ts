import type { FsiAnswer, FsiInput } from './action.ts';

/** What a member may hold at most; longer texts are no values of a patron. */
const textCharsMax = 1_000;

/** A refusal that the caller can mend (F2); `items` where records would have been answered. */
export class FsiRefusal extends Error {}

/** Answers with the refusal that `work` throws (F2); anything else is thrown on. */
export async function refusable(work: () => Promise<FsiAnswer>): Promise<FsiAnswer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FsiRefusal) return { result: false, msg: error.message, item: [] };
    throw error;
  }
}

/**
 * F14: the text of a member, trimmed; undefined where it is absent or null. Numbers are taken as they are written,
 * since scripts send barcodes so; anything else is refused by its name.
 */
export function readText(input: FsiInput, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') throw new FsiRefusal(`The member ${name} must be a text.`);
  const text = value.trim();
  if (text.length > textCharsMax) {
    throw new FsiRefusal(`The member ${name} is longer than ${textCharsMax} characters.`);
  }
  if (text.includes('\u0000') || !text.isWellFormed()) {
    throw new FsiRefusal(`The member ${name} holds characters that cannot be stored.`);
  }
  return text;
}

const truths = new Set<unknown>([true, 1, '1', 'true']);
const falsehoods = new Set<unknown>([undefined, null, false, 0, '', '0', 'false']);

/** F8: a boolean as JSON, as 1 or 0, or as a text; absent is false, and what is none of these is refused. */
export function readBoolean(input: FsiInput, name: string): boolean {
  const value = input[name];
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (truths.has(word)) return true;
  if (falsehoods.has(word)) return false;
  throw new FsiRefusal(`The member ${name} must be true or false.`);
}

/** F8: a whole number from 1, as a number or in digits; undefined for anything else. */
export function readInteger(input: FsiInput, name: string): number | undefined {
  const value = input[name];
  const number = typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}

/** F8: where the record stands in a batch of the caller's, under either name; 1 where nothing is said. */
export function readItemIndex(input: FsiInput): number {
  return readInteger(input, 'itemindex') ?? readInteger(input, 'index') ?? 1;
}
