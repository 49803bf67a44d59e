// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const neverInside = /[\s\u0000-\u001f\u007f-\u009f]/;

/**
 * I16: whether a text cannot be an e-mail address at all: no `@`, nothing before or after it, white space or
 * a control character inside. Everything else may be one; whether it is, only mail can tell.
 */
export function isHopelessEmail(text: string): boolean {
  return text.indexOf('@') < 1 || text.endsWith('@') || neverInside.test(text);
}
