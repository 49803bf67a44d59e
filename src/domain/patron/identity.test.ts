import { expect, test } from 'vitest';
import { displayName, fullName, patronKeys } from './identity.ts';

const keys = (username: string, barcode = '', externalid = '') => ({ username, barcode, externalid });

test('S4 keys compare without regard to case and after NFC, blank ones not at all', () => {
  expect(patronKeys(keys('JSmith', '', 'Zoe\u0308'))).toEqual(patronKeys(keys('jsmith', '', 'ZOË')));
  expect(patronKeys(keys('jsmith'))).toEqual({ username: 'jsmith', barcode: null, externalid: null });
});

test('S4 accents tell keys apart', () => {
  expect(patronKeys(keys('zoë')).username).not.toBe(patronKeys(keys('zoe')).username);
});

test('a full name collapses blanks and needs no second name', () => {
  expect(fullName({ firstname: ' Mary  Ann', surname: ' van  Dyk ' })).toBe('Mary Ann van Dyk');
  expect(fullName({ firstname: '', surname: 'Cher' })).toBe('Cher');
});

test('a patron without a name is called by its first key', () => {
  const nameless = { firstname: ' ', surname: '' };
  expect(displayName({ ...keys('u', 'b', 'e'), firstname: 'Jane', surname: 'Smith' })).toBe('Jane Smith');
  expect(displayName({ ...keys('u', 'b', 'e'), ...nameless })).toBe('u');
  expect(displayName({ ...keys('', 'b', 'e'), ...nameless })).toBe('b');
  expect(displayName({ ...keys('', '', 'e'), ...nameless })).toBe('e');
});
