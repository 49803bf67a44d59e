import { expect, test } from 'vitest';
import { mergePatron, patronEquals, patronFields } from './merge-patron.ts';
import type { PatronValues } from './patron.ts';

const stored: PatronValues = {
  username: 'jsmith',
  barcode: '2900017',
  externalid: 'A-1',
  firstname: 'Jane',
  surname: 'Smith',
  classgrade: '7B',
  room: 'R12',
  role: 'TEACHER',
  status: 'INACTIVE',
};

test('M1 a new patron is STUDENT and ACTIVE, and blank where nothing was said', () => {
  expect(mergePatron(undefined, { username: 'new' })).toEqual({
    username: 'new',
    barcode: '',
    externalid: '',
    firstname: '',
    surname: '',
    classgrade: '',
    room: '',
    role: 'STUDENT',
    status: 'ACTIVE',
  });
});

test('M1 what a file says of a new patron stands', () => {
  expect(mergePatron(undefined, { ...stored, email: 'j@school.example' })).toEqual(stored);
});

test('M1 fields that are not declared keep what is stored, role and status too', () => {
  expect(mergePatron(stored, { username: 'jsmith' })).toEqual(stored);
});

test('M1 an empty classgrade clears what is stored', () => {
  expect(mergePatron(stored, { classgrade: '', room: 'R13' })).toEqual({
    ...stored,
    classgrade: '',
    room: 'R13',
  });
});

test('M3 an inactive patron that is in a full file again comes back', () => {
  expect(mergePatron(stored, {}, true).status).toBe('ACTIVE');
  expect(mergePatron(stored, {}, false).status).toBe('INACTIVE');
});

test('M3 a full file that says INACTIVE is taken at its word', () => {
  expect(mergePatron({ ...stored, status: 'ACTIVE' }, { status: 'INACTIVE' }, true).status).toBe('INACTIVE');
});

test.each(patronFields)('S4 a difference in %s, if only of case, is a difference', (field) => {
  expect(patronEquals(stored, { ...stored })).toBe(true);
  expect(patronEquals(stored, { ...stored, [field]: stored[field].toLowerCase() + ' ' })).toBe(false);
});
