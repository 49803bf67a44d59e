import anyAscii from 'any-ascii';

// oxlint-disable-next-line no-control-regex -- the ASCII range is what is asked for
const asciiOnly = /^[\u0000-\u007f]*$/;

/**
 * The form in which two keys are the same key (S4): trimmed, NFC, lower case. For comparing and indexing
 * only; what is stored and shown is the text as given.
 */
export function foldKey(text: string): string {
  const trimmed = text.trim();
  if (asciiOnly.test(trimmed)) return trimmed.toLowerCase();
  // Lower case can leave NFC again (`İ` becomes i and a dot above), hence the second pass.
  return trimmed.normalize('NFC').toLowerCase().normalize('NFC');
}

/** Text in Latin script without diacritics (I17); ASCII passes unchanged. Not trimmed. */
export function romanise(text: string): string {
  if (asciiOnly.test(text)) return text;
  // NFC first: a decomposed Й would otherwise lose its breve and be read as И.
  return anyAscii(text.normalize('NFC'));
}

// oxlint-disable-next-line no-control-regex -- a NUL ends a text for some indexes, so it separates words here
const blanks = /[\s\u0000]+/g;

/** The form that search compares: romanised as in I17, lower case, blanks collapsed to one space. */
export function foldForSearch(text: string): string {
  return romanise(text).toLowerCase().replace(blanks, ' ').trim();
}
