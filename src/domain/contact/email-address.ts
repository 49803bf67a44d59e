// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const neverInside = /[\s\u0000-\u001f\u007f-\u009f]/;

/**
 * I16: whether a text cannot be an e-mail address at all: no `@`, nothing before or after it, white space or
 * a control character inside. Everything else may be one; whether it is, only mail can tell.
 */
export function isHopelessEmail(text: string): boolean {
  return text.indexOf('@') < 1 || text.endsWith('@') || neverInside.test(text);
}

/** Signs of ASCII that are no blanks, and one `@` among them. */
const plainEmail = /^[!-?A-~]+@[!-?A-~]+$/;

/**
 * Whether a text may be an e-mail address and is in Latin script as it stands (I16, I17): seen by one pattern, as of
 * nearly every address there is. Of any other text this says nothing.
 */
export function isPlainEmail(text: string): boolean {
  return plainEmail.test(text);
}
