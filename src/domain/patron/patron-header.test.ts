import { describe, expect, test } from 'vitest';
import { MusterError } from '../errors.ts';
import { resolvePatronHeader } from './patron-header.ts';

const where = (header: string[]) => Object.fromEntries(resolvePatronHeader(header, 'username').columns);
const ignored = (header: string[]) =>
  resolvePatronHeader(header, 'username').notes.map((note) => [note.code, note.column, note.suggestion]);

describe('what a header is read as', () => {
  test('M1 the ten columns are known by their names, in any order', () => {
    const header = 'status,role,room,classgrade,email,surname,firstname,externalid,barcode,username'.split(
      ',',
    );
    expect(where(header)).toEqual(Object.fromEntries(header.map((name, index) => [name, index])));
    expect(ignored(header)).toEqual([]);
  });

  test('S8 header names are matched trimmed and without regard to case', () => {
    expect(where([' UserName ', 'FIRSTNAME'])).toEqual({ username: 0, firstname: 1 });
  });

  test.each([
    ['givenname', 'firstname'],
    ['preferredname', 'firstname'],
    ['lastname', 'surname'],
    ['EmailAddress', 'email'],
    ['librarybarcode', 'barcode'],
    ['cardnumber', 'barcode'],
    ['adminsystemid', 'externalid'],
    ['formclass', 'classgrade'],
    ['yearlevel', 'classgrade'],
    ['homegroup', 'room'],
  ])('M2 %s is read as %s', (header, column) => {
    expect(where(['username', header])).toEqual({ username: 0, [column]: 1 });
  });

  test.each([
    [['preferredname', 'firstname'], 'firstname', 1],
    [['preferredname', 'givenname'], 'firstname', 1],
    [['givenname', 'preferredname'], 'firstname', 0],
    [['yearlevel', 'formclass'], 'classgrade', 1],
    [['cardnumber', 'librarybarcode'], 'barcode', 1],
    [['librarybarcode', 'barcode'], 'barcode', 1],
  ])('M2 of %j the more specific is read and the other reported', (rivals, column, winner) => {
    const header = [...rivals, 'username'];
    expect(where(header)).toEqual({ [column]: winner, username: 2 });
    expect(ignored(header)).toEqual([['column-ignored', rivals[1 - winner], rivals[winner]]]);
  });

  test('M2 unknown columns are ignored and named as they are spelt, blank ones by their place', () => {
    expect(ignored(['Allergies ', 'username', '', 'HouseColour', '', ' '])).toEqual([
      ['column-ignored', 'Allergies', undefined],
      ['column-ignored', '(blank, column 3)', undefined],
      ['column-ignored', 'HouseColour', undefined],
    ]);
  });
});

describe('what refuses a header', () => {
  const refusal = (header: string[], key: 'username' | 'barcode' = 'username') => {
    try {
      resolvePatronHeader(header, key);
    } catch (error) {
      return error instanceof MusterError ? [error.code, error.message] : error;
    }
    return 'accepted';
  };

  test('S8 a header that stands twice refuses the file and is named', () => {
    expect(refusal(['username', 'room', 'Room '])).toEqual([
      'file-refused',
      expect.stringContaining('The column Room'),
    ]);
    expect(refusal(['username', 'notes', 'notes'])).toEqual([
      'file-refused',
      expect.stringContaining('notes'),
    ]);
  });

  test('S8 a missing key column refuses the file and is named', () => {
    expect(refusal(['firstname'])).toEqual(['file-refused', expect.stringContaining('column username')]);
    expect(refusal(['username'], 'barcode')).toEqual([
      'file-refused',
      expect.stringContaining('column barcode'),
    ]);
    expect(refusal([])).toEqual(['file-refused', expect.any(String)]);
  });

  test('M2 a synonym serves as the key column', () => {
    expect(refusal(['CardNumber'], 'barcode')).toBe('accepted');
  });
});
