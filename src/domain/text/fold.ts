import anyAscii from 'any-ascii';

/** Whether a text is ASCII throughout. A walk: keys and addresses are short, and a pattern costs more to begin. */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/** `text.trim()`, which costs more than to see that a sign of ASCII stands at either end. */
export function trimmed(text: string): string {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  return first > 0x20 && first < 0x7f && last > 0x20 && last < 0x7f ? text : text.trim();
}

/**
 * The form in which two keys are the same key (S4): trimmed, NFC, lower case. For comparing and indexing
 * only; what is stored and shown is the text as given.
 */
export function foldKey(text: string): string {
  let capitals = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Lower case can leave NFC again (`İ` becomes i and a dot above), hence the second pass.
    if (code > 0x7f) return text.trim().normalize('NFC').toLowerCase().normalize('NFC');
    if (code >= 0x41 && code <= 0x5a) capitals = true;
  }
  return capitals ? trimmed(text).toLowerCase() : trimmed(text);
}

/** Text in Latin script without diacritics (I17); ASCII passes unchanged. Not trimmed. */
export function romanise(text: string): string {
  if (isAscii(text)) return text;
  // NFC first: a decomposed Й would otherwise lose its breve and be read as И.
  return anyAscii(text.normalize('NFC'));
}

// oxlint-disable-next-line no-control-regex -- a NUL ends a text for some indexes, so it separates words here
const blanks = /[\s\u0000]+/g;

/** Nothing but signs of ASCII that are neither blanks nor capitals. */
const plainWord = /^[!-@[-~]*$/;

/** The form that search compares: romanised as in I17, lower case, blanks collapsed to one space. */
export function foldForSearch(text: string): string {
  // Of an address, which is mostly such a word, a pattern sees so in less time than a walk.
  if (plainWord.test(text)) return text;
  let capitals = false;
  let before = 0x20;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Of blanks only a single space between two words stays as it is.
    if (code < 0x20 || code > 0x7e || (code === 0x20 && before === 0x20)) return foldAnyForSearch(text);
    if (code >= 0x41 && code <= 0x5a) capitals = true;
    before = code;
  }
  if (before === 0x20 && text !== '') return foldAnyForSearch(text);
  return capitals ? text.toLowerCase() : text;
}

function foldAnyForSearch(text: string): string {
  return romanise(text).toLowerCase().replace(blanks, ' ').trim();
}
