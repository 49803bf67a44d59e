import anyAscii from 'any-ascii';

/** Whether a text is ASCII throughout. A walk: keys and addresses are short, and a pattern costs more to begin. */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/**
 * The form in which two keys are the same key (S4): trimmed, NFC, lower case. For comparing and indexing
 * only; what is stored and shown is the text as given.
 */
export function foldKey(text: string): string {
  const trimmed = text.trim();
  if (isAscii(trimmed)) return trimmed.toLowerCase();
  // Lower case can leave NFC again (`İ` becomes i and a dot above), hence the second pass.
  return trimmed.normalize('NFC').toLowerCase().normalize('NFC');
}

/** Text in Latin script without diacritics (I17); ASCII passes unchanged. Not trimmed. */
export function romanise(text: string): string {
  if (isAscii(text)) return text;
  // NFC first: a decomposed Й would otherwise lose its breve and be read as И.
  return anyAscii(text.normalize('NFC'));
}

// oxlint-disable-next-line no-control-regex -- a NUL ends a text for some indexes, so it separates words here
const blanks = /[\s\u0000]+/g;

/** The form that search compares: romanised as in I17, lower case, blanks collapsed to one space. */
export function foldForSearch(text: string): string {
  if (isFolded(text)) return text;
  return romanise(text).toLowerCase().replace(blanks, ' ').trim();
}

/** Whether a text is of ASCII letters, digits and signs without a blank or a capital: then it is folded already. */
function isFolded(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code > 0x7e || (code >= 0x41 && code <= 0x5a)) return false;
  }
  return true;
}
