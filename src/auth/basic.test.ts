import { expect, test } from 'vitest';
import { parseBasic } from './basic.ts';

const header = (text: string, encoding: BufferEncoding = 'utf8') =>
  `Basic ${Buffer.from(text, encoding).toString('base64')}`;

test('I1 the first colon ends the username', () => {
  expect(parseBasic(header('autoimport:pa:ss:'))).toEqual({ username: 'autoimport', password: 'pa:ss:' });
});

test('I1 passwords may be UTF-8', () => {
  expect(parseBasic(header('müller:pässwörd€'))).toEqual({ username: 'müller', password: 'pässwörd€' });
});

test('I1 bytes that are not UTF-8 are read as Latin-1', () => {
  expect(parseBasic(header('müller:über', 'latin1'))).toEqual({ username: 'müller', password: 'über' });
});

test('the scheme ignores case and padding may be missing', () => {
  expect(parseBasic('bASIC  YTpi')).toEqual({ username: 'a', password: 'b' });
  expect(parseBasic(header('a:').replaceAll('=', ''))).toEqual({ username: 'a', password: '' });
});

test.each([
  ['nothing', undefined],
  ['a blank header', ''],
  ['another scheme', 'Bearer YTpi'],
  ['a scheme alone', 'Basic '],
  ['what is not base64', 'Basic a:b'],
  ['two values', 'Basic YTpi, Basic YTpi'],
  ['no colon', header('ab')],
  ['no username', header(':b')],
  ['a control character', header('a:b\n')],
  ['a NUL', header('a\0:b')],
  ['a username beyond the limit', header(`${'a'.repeat(257)}:b`)],
  ['a password beyond the limit', header(`a:${'b'.repeat(1025)}`)],
  ['a header beyond the limit', header(`a:${'b'.repeat(100_000)}`)],
])('%s gives no credentials', (_what, value) => {
  expect(parseBasic(value)).toBeUndefined();
});
