import { describe, expect, test } from 'vitest';
import { noteLevel } from '../row-notes.ts';
import { contactColumns } from './contact-columns.ts';
import { contactRowParser, isDeclared } from './parse-contact-row.ts';
import { ANY, NONE, parseScenarioNames } from './scenarios.ts';

/** Reads one row whose cells are given by column; only those columns stand in the file. */
function read(row: Record<string, string>) {
  const names = Object.keys(row);
  return contactRowParser(new Map(names.map((name, place) => [name, place])))(Object.values(row), 7);
}

const email = { username: 'jdoe', type: 'EMAIL', contact: 'a@x.org' };
const phone = { username: 'jdoe', type: 'PHONE', contact: '01 234' };
const declaredEmail = {
  type: 'EMAIL',
  role: 'PATRON',
  primary: false,
  addressee: '',
  contact: 'a@x.org',
  bcc: 'SCHOOL_DEFAULT',
  sms: false,
  scenarios: ANY,
  row: 7,
  notes: [],
};

describe('words', () => {
  test('I7 type, role, bcc, booleans and scenarios ignore case and blanks around', () => {
    expect(
      read({
        ...email,
        type: ' email ',
        role: 'Guardian',
        primary: 'true',
        bcc: ' False',
        scenarios: 'overdue',
      }),
    ).toEqual({
      ...declaredEmail,
      role: 'GUARDIAN',
      primary: true,
      bcc: 'FALSE',
      scenarios: parseScenarioNames(['OVERDUE']),
    });
  });

  test('I7 PHOME is read as PHONE and the row says so', () => {
    expect(read({ ...phone, type: 'Phome' })).toMatchObject({
      type: 'PHONE',
      notes: [{ code: 'type-read-as-phone', column: 'type', value: 'Phome' }],
    });
  });

  test.each([
    [
      'I7 another type fails with the nearest word',
      { ...email, type: 'E-MAIL' },
      'type-invalid',
      'type',
      'E-MAIL',
      'EMAIL',
    ],
    ['I7 a blank type fails', { ...email, type: '' }, 'type-invalid', 'type', '', undefined],
    [
      'I7 an unknown role fails',
      { ...email, role: 'GARDIAN' },
      'role-invalid',
      'role',
      'GARDIAN',
      'GUARDIAN',
    ],
    [
      'I7 yes is not TRUE, but suggests it',
      { ...email, primary: 'yes' },
      'boolean-invalid',
      'primary',
      'yes',
      'TRUE',
    ],
    ['I7 nor is 0 FALSE', { ...phone, sms: '0' }, 'boolean-invalid', 'sms', '0', 'FALSE'],
    [
      'I7 an unknown bcc choice fails',
      { ...email, bcc: 'SCHOOLDEFAULT' },
      'bcc-invalid',
      'bcc',
      'SCHOOLDEFAULT',
      'SCHOOL_DEFAULT',
    ],
    [
      'I14 an unknown scenario fails',
      { ...email, scenarios: 'OVERDU' },
      'scenario-unknown',
      'scenarios',
      'OVERDU',
      'OVERDUE',
    ],
  ])('%s', (_, row, code, column, value, suggestion) => {
    const note = { code, value, column, ...(suggestion === undefined ? {} : { suggestion }) };
    expect(read(row)).toEqual({ row: 7, outcome: 'failed', notes: [note] });
  });

  test('all faults of a row are told at once, each one an error, the column as the header spells it', () => {
    const parse = contactRowParser(
      new Map([
        ['type', 0],
        ['contact', 1],
        ['primary', 2],
      ]),
      [' TYPE', 'Contact', 'Primary '],
    );
    const parsed = parse(['EMAIL', 'nobody', 'maybe'], 3);
    expect(parsed).toMatchObject({
      outcome: 'failed',
      notes: [
        { code: 'boolean-invalid', column: 'Primary' },
        { code: 'email-invalid', column: 'Contact' },
      ],
    });
    expect(parsed.notes.map(({ code }) => noteLevel(code))).toEqual(['error', 'error']);
  });
});

describe('a blank contact', () => {
  test.each(['', '   ', '\u200b', ' \u0301 '])('I8 the row is ignored (%j)', (contact) => {
    expect(read({ ...email, contact })).toEqual({
      row: 7,
      outcome: 'ignored',
      notes: [{ code: 'contact-blank', column: 'contact' }],
    });
  });

  test('I8 it counts before any other fault of its row', () => {
    const parsed = read({ ...email, contact: '', type: 'NONSENSE', primary: 'yes', scenarios: 'NONE;ANY' });
    expect(parsed).toMatchObject({ outcome: 'ignored' });
    expect(isDeclared(parsed)).toBe(false);
  });

  test('I8 a row shorter than the header has blank cells at its end', () => {
    const parse = contactRowParser(
      new Map([
        ['type', 0],
        ['scenarios', 1],
        ['contact', 2],
      ]),
    );
    expect(parse(['EMAIL'], 2)).toMatchObject({ outcome: 'ignored' });
  });
});

describe('defaults', () => {
  test('I13 columns that are missing', () => {
    expect(read(email)).toEqual(declaredEmail);
    expect(read(phone)).toMatchObject({ sms: false, scenarios: ANY });
  });

  test('I13 cells that are blank: scenarios NONE, the others as if missing', () => {
    expect(
      read({ ...email, role: '', primary: ' ', addressee: '', bcc: '', sms: '', scenarios: '' }),
    ).toEqual({
      ...declaredEmail,
      scenarios: NONE,
    });
  });

  test('I18 an addressee is kept as it stands, and blank where it is blank', () => {
    expect(read({ ...email, addressee: ' Zoë  Doe ' })).toMatchObject({ addressee: 'Zoë  Doe' });
    expect(read({ ...email, addressee: ' ' })).toMatchObject({ addressee: '' });
  });
});

describe('columns that do not count', () => {
  test('I15 bcc off e-mail and sms off phones are not even checked', () => {
    expect(read({ ...phone, bcc: 'nonsense', sms: 'TRUE' })).toMatchObject({
      bcc: 'SCHOOL_DEFAULT',
      sms: true,
    });
    expect(read({ ...email, bcc: 'TRUE', sms: 'nonsense' })).toMatchObject({ bcc: 'TRUE', sms: false });
    expect(read({ ...email, type: 'SOCIAL_MEDIA', bcc: '?', sms: '?' })).toMatchObject({
      bcc: 'SCHOOL_DEFAULT',
      sms: false,
    });
  });

  test('I20 a column that is not known is not looked at', () => {
    expect(read({ nonsense: 'NONE;ANY', ...email })).toEqual(declaredEmail);
  });
});

describe('e-mail addresses', () => {
  test.each([
    'nobody',
    '@x.org',
    'jane@',
    'jane doe@x.org',
    'jane\u00a0doe@x.org',
    'jane\u0007@x.org',
    'ja\u0085ne@x.org',
  ])('I16 the hopeless fails (%j)', (contact) => {
    expect(read({ ...email, contact })).toMatchObject({
      outcome: 'failed',
      notes: [{ code: 'email-invalid', column: 'contact', value: contact }],
    });
  });

  test.each(['a@b', "o'hara+x@sub.example", 'a@b@c', '"odd"@[127.0.0.1]'])(
    'I16 the odd passes (%s)',
    (contact) => {
      expect(read({ ...email, contact })).toMatchObject({ contact });
    },
  );

  test('I16 phones and social media are free text', () => {
    expect(read({ ...phone, contact: 'ask at the office' })).toMatchObject({ contact: 'ask at the office' });
    expect(read({ ...email, type: 'SOCIAL_MEDIA', contact: 'jane doe' })).toMatchObject({
      contact: 'jane doe',
    });
  });
});

test.each([
  ['Łódź@x.org', 'Lodz@x.org'],
  ['Юлия@x.org', 'Yuliya@x.org'],
  [' Plain_ASCII+1@x.org ', 'Plain_ASCII+1@x.org'],
])('I17 a contact is stored in Latin script without diacritics (%s)', (contact, romanised) => {
  expect(read({ ...email, contact })).toMatchObject({ contact: romanised });
});

test('texts that repeat are read the same each time', () => {
  const parse = contactRowParser(
    new Map([
      ['type', 0],
      ['contact', 1],
      ['scenarios', 2],
    ]),
  );
  const rows = Array.from({ length: 3000 }, (_, i) =>
    parse(['PHOME', `${i}`, i % 2 ? 'OVERDUE' : 'NONE;ANY'], i),
  );
  expect(rows.filter(isDeclared)).toHaveLength(1500);
  expect(new Set(rows.map((row) => row.notes[0]?.code))).toEqual(
    new Set(['scenario-none-with-others', 'type-read-as-phone']),
  );
});

test('the required columns are the vendor’s three', () => {
  expect(contactColumns.filter(({ required }) => required).map(({ name }) => name)).toEqual([
    'username',
    'type',
    'contact',
  ]);
});
