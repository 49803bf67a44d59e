export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

/** Longer than any credentials below, so that more is not even decoded. */
const headerCharactersMax = 8192;
const usernameCharactersMax = 256;
const passwordCharactersMax = 1024;

const basicForm = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;
// oxlint-disable-next-line no-control-regex -- RFC 7617 allows no control characters
const control = /[\u0000-\u001f\u007f]/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * I1: the credentials of an `Authorization: Basic` header, or undefined where it holds none that could be
 * meant. The first `:` ends the username, so passwords may contain `:`. UTF-8; bytes that are not valid
 * UTF-8 are read as Latin-1, which older .NET and PowerShell clients send.
 */
export function parseBasic(header: string | undefined): BasicCredentials | undefined {
  if (header === undefined || header.length > headerCharactersMax) return undefined;
  const encoded = basicForm.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = decode(Buffer.from(encoded, 'base64'));
  const colon = text.indexOf(':');
  if (colon < 1 || control.test(text)) return undefined;
  const credentials = { username: text.slice(0, colon), password: text.slice(colon + 1) };
  if (credentials.username.length > usernameCharactersMax) return undefined;
  if (credentials.password.length > passwordCharactersMax) return undefined;
  return credentials;
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
