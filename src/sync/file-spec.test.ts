import { expect, test } from 'vitest';
import { matchHeader, templateCsv } from './file-spec.ts';
import type { FileSpec } from './file-spec.ts';
import { refusalOf } from '../../test/support/scanned.ts';

const column = (name: string, more = {}) => ({ name, about: '', example: '', ...more });
const spec: FileSpec = {
  kind: 'patrons',
  columns: [
    column('username', { required: true }),
    column('firstname', { synonyms: ['givenname'], fallbacks: ['preferredname', 'nickname'] }),
    column('surname', { synonyms: ['lastname'] }),
  ],
  unknownColumns: 'ignored',
};
const strict: FileSpec = { ...spec, unknownColumns: 'refused' };
const match = (header: string[], of = spec) => Object.fromEntries(matchHeader(of, header).columns);

test('S8 names are matched trimmed and without regard to case, in any order', () => {
  expect(match([' SurName', 'USERNAME\u00a0'])).toEqual({ surname: 0, username: 1 });
});

test('S8 a synonym means its column', () => {
  expect(match(['username', 'GivenName', 'LASTNAME'])).toEqual({ username: 0, firstname: 1, surname: 2 });
});

test('M2 a fallback counts only where the column itself is missing', () => {
  expect(match(['username', 'nickname', 'preferredname'])).toEqual({ username: 0, firstname: 2 });
  const both = matchHeader(spec, ['preferredname', 'username', 'givenname']);
  expect(both.columns.get('firstname')).toBe(2);
  expect(both.notes).toEqual([{ code: 'column-ignored', column: 'preferredname' }]);
});

test('S8 a missing required column is refused by name, with what may be meant', () => {
  const refusal = refusalOf(() => matchHeader(spec, ['usernme', 'surname']));
  expect(refusal.message).toContain('lacks the column “username”');
  expect(refusal.message).toContain('“usernme”');
  expect(refusal.message).toContain('username, firstname, surname');
  expect(refusal.facts).toEqual({ column: 'username', expected: ['username', 'firstname', 'surname'] });
  expect(refusalOf(() => matchHeader(spec, ['username'], ['surname'])).facts).toMatchObject({
    column: 'surname',
  });
  expect(refusalOf(() => matchHeader(spec, [])).facts).toMatchObject({ column: 'username' });
});

test('S8 a repeated column is refused, under a synonym too, naming both', () => {
  expect(refusalOf(() => matchHeader(spec, ['username', 'x', 'Username '])).message).toContain(
    '“username” (column A) and “Username” (column C)',
  );
  expect(refusalOf(() => matchHeader(spec, ['username', 'surname', 'LastName'])).message).toContain(
    '“surname” (column B) and “LastName” (column C)',
  );
});

test('I20 unknown columns are ignored and named as spelled, nameless ones by letters', () => {
  expect(matchHeader(spec, ['username', ' Shoe Size ', '', 'surname', '', ' ']).notes).toEqual([
    { code: 'column-ignored', column: 'Shoe Size' },
    { code: 'column-ignored', column: 'column C' },
  ]);
});

test('W7 an unknown column refuses the file where the spec says so, blank ones at the end excepted', () => {
  const refusal = refusalOf(() => matchHeader(strict, ['username', 'sirname', '', 'firstname']));
  expect(refusal.message).toContain('“sirname”, “column C”');
  expect(refusal.message).toContain('Did you mean “surname”?');
  expect(match(['username', 'surname', '', ''], strict)).toEqual({ username: 0, surname: 1 });
});

test('the template is the header alone', () => {
  expect(templateCsv(spec)).toBe('username,firstname,surname\r\n');
});
