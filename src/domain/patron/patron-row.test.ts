import { describe, expect, test } from 'vitest';
import { resolvePatronHeader } from './patron-header.ts';
import { patronRowParser } from './patron-row.ts';
import type { DeclaredPatron } from './patron-row.ts';
import type { KeyField } from './patron.ts';

function parse(headerLine: string, rowLine: string, key: KeyField = 'username') {
  const header = headerLine.split(',');
  const { columns } = resolvePatronHeader(header, key);
  return patronRowParser(columns, key, header)(rowLine.split(','), 7);
}

/** The fields a row says something of. */
function declared(headerLine: string, rowLine: string, key?: KeyField): DeclaredPatron {
  const row = parse(headerLine, rowLine, key);
  if ('failed' in row) throw new Error(JSON.stringify(row.failed));
  return Object.fromEntries(Object.entries(row.declared).filter(([, value]) => value !== undefined));
}

const failure = (headerLine: string, rowLine: string, key?: KeyField) => {
  const row = parse(headerLine, rowLine, key);
  return 'failed' in row ? row.failed : 'accepted';
};

describe('what a row declares', () => {
  test('M1 all ten columns', () => {
    const row = declared(
      'username,barcode,externalid,firstname,surname,email,classgrade,room,role,status',
      'jsmith,2900017,A-1,Jane,Smith,jane@school.example,7B,R12,TEACHER,INACTIVE',
    );
    expect(row).toEqual({
      username: 'jsmith',
      barcode: '2900017',
      externalid: 'A-1',
      firstname: 'Jane',
      surname: 'Smith',
      email: 'jane@school.example',
      classgrade: '7B',
      room: 'R12',
      role: 'TEACHER',
      status: 'INACTIVE',
    });
  });

  test('M1 a missing column leaves its field alone', () => {
    expect(declared('username,surname', 'jsmith,Smith')).toEqual({ username: 'jsmith', surname: 'Smith' });
  });

  test('M1 a blank cell clears classgrade and room, and leaves every other field alone', () => {
    const header = 'username,barcode,externalid,firstname,surname,email,classgrade,room,role,status';
    expect(declared(header, 'jsmith,, ,,,, ,,,')).toEqual({ username: 'jsmith', classgrade: '', room: '' });
  });

  test('M1 a row shorter than the header has blank cells at its end', () => {
    expect(declared('username,surname,room', 'jsmith')).toEqual({ username: 'jsmith', room: '' });
  });

  test('M1 role and status ignore case', () => {
    expect(declared('username,role,status', 'jsmith,Librarian,active')).toEqual({
      username: 'jsmith',
      role: 'LIBRARIAN',
      status: 'ACTIVE',
    });
  });

  test('S8 cells are trimmed', () => {
    expect(declared('username,surname', ' jsmith , van  Dyk ')).toEqual({
      username: 'jsmith',
      surname: 'van  Dyk',
    });
  });

  test('M1 the key may be another column, and a blank username then is left alone', () => {
    expect(declared('username,barcode', ',2900017', 'barcode')).toEqual({ barcode: '2900017' });
  });
});

describe('what fails a row', () => {
  test('M1 a blank key fails, naming the header as it is spelt', () => {
    expect(failure('Username,surname', ' ,Smith')).toEqual({
      row: 7,
      outcome: 'failed',
      notes: [{ code: 'key-blank', column: 'Username' }],
    });
    expect(failure('username,CardNumber', 'jsmith,', 'barcode')).toMatchObject({
      notes: [{ code: 'key-blank', column: 'CardNumber' }],
    });
  });

  test('M1 an unknown role or status fails and the nearest word is suggested', () => {
    expect(failure('username,role,status', 'jsmith,techer,inactiv')).toMatchObject({
      notes: [
        { code: 'role-invalid', column: 'role', value: 'techer', suggestion: 'TEACHER' },
        { code: 'status-invalid', column: 'status', value: 'inactiv', suggestion: 'INACTIVE' },
      ],
    });
  });

  test('I16 only an e-mail that is hopeless fails', () => {
    expect(failure('username,email', 'jsmith,jane at school')).toMatchObject({
      notes: [{ code: 'email-invalid', column: 'email', value: 'jane at school' }],
    });
    expect(failure('username,email', 'jsmith,jane@localhost')).toBe('accepted');
  });
});
