import { afterAll, describe, expect, test } from 'vitest';
import { contactsOf } from '../../support/contacts-of.ts';
import { postContacts, seedUsernames, startServer } from '../../support/server.ts';

const server = await startServer();
afterAll(() => server.close());

let jos = 0;
/** A username nobody else has. */
async function aPatron(): Promise<string> {
  const username = `jo${++jos}`;
  await seedUsernames(server, username);
  return username;
}

const applied = { success: true, summary: 'Contacts for 1 patrons updated successfully.' };
const notesOfLastRun = async () => {
  const { items } = await server.store.read.runs.list({ page: 1, pageSize: 1 });
  return items[0]!.notes.map(({ code }) => code);
};

describe('encodings', () => {
  const text = (jo: string) => `username,type,addressee,contact\r\n${jo},PHONE,Zoë Müller,1\r\n`;
  const utf16be = (value: string) => Buffer.from(`\uFEFF${value}`, 'utf16le').swap16();
  test.each<[string, (value: string) => Buffer, string[]]>([
    ['UTF-8', (value) => Buffer.from(value), []],
    ['UTF-8 with a byte order mark', (value) => Buffer.from(`\uFEFF${value}`), []],
    ['Windows-1252', (value) => Buffer.from(value, 'latin1'), ['read-as-windows-1252']],
    ['UTF-16, low byte first', (value) => Buffer.from(`\uFEFF${value}`, 'utf16le'), ['read-as-utf-16']],
    ['UTF-16, high byte first', utf16be, ['read-as-utf-16']],
  ])('S6 a file in %s', async (_what, encode, notes) => {
    const jo = await aPatron();
    expect((await postContacts(server, encode(text(jo)))).body).toEqual(applied);
    expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '1', addressee: 'Zoë Müller' }]);
    expect(await notesOfLastRun()).toEqual(notes);
  });
});

describe('the form of the lines', () => {
  test.each([
    ['CRLF', '\r\n'],
    ['LF', '\n'],
    ['CR', '\r'],
  ])('S6 lines that end in %s, the last with or without', async (_what, end) => {
    const jo = await aPatron();
    for (const last of ['', end]) {
      const csv = `username,type,contact${end}${jo},PHONE,1${end}${end}${jo},PHONE,2${last}`;
      expect((await postContacts(server, csv)).body).toEqual(applied);
      expect(await contactsOf(server, jo)).toHaveLength(2);
    }
  });

  test.each([
    ['a semicolon', ';'],
    ['a tab', '\t'],
  ])('S6 cells separated by %s are recognised and reported', async (_what, mark) => {
    const jo = await aPatron();
    const csv = [
      ['username', 'type', 'contact', 'scenarios'].join(mark),
      [jo, 'PHONE', '"1;2"', '"OVERDUE;LOAN_RECALL"'].join(mark),
    ].join('\n');
    expect((await postContacts(server, csv)).body).toEqual(applied);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'PHONE', contact: '1;2', scenarios: 'LOAN_RECALL;OVERDUE' },
    ]);
    expect(await notesOfLastRun()).toEqual(['delimiter-recognised']);
  });

  test('S7 rows are numbered as a spreadsheet numbers them', async () => {
    const jo = await aPatron();
    const csv = [
      'username,type,contact,addressee',
      '',
      `${jo},PHONE,1,"two`,
      `lines"`,
      `${jo},FAX,1,`,
      ' ',
      ',,,',
      `${jo},TELEX,1,`,
      '',
    ].join('\r\n');
    const { body } = await postContacts(server, csv);
    expect(Object.keys(body.details!)).toEqual(['3', '4', '7']);
    expect(body.details!['4']).toContain('FAX');
    expect(body.details!['7']).toContain('TELEX');
  });

  test('S8 cells and header names are trimmed, and header names ignore case', async () => {
    const jo = await aPatron();
    const csv = ` UserName ,"TYPE",Contact ,  SCENARIOS\n  ${jo} , "phone" , " 1 " , ANY\n`;
    expect((await postContacts(server, csv)).body).toEqual(applied);
    expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '1' }]);
  });
});

describe('files that are refused whole', () => {
  test.each([
    ['without username', 'type,contact\n', /lacks the column “username”/],
    ['without type', 'username,contact\n', /lacks the column “type”/],
    ['without contact', 'username,type\n', /lacks the column “contact”/],
    ['with username renamed', 'user_name,type,contact\n', /lacks the column “username”.*“user_name”/],
    ['with contact renamed', 'username,type,contacts\n', /lacks the column “contact”.*“contacts”/],
    [
      'with a column twice',
      'username,type,contact,Type\n',
      /“type” twice: “type” \(column B\) and “Type” \(column D\)/,
    ],
    ['with an optional column twice', 'username,type,contact,role,role\n', /“role” twice/],
    ['with data in its place', '@,PHONE,1\n', /lacks the column “username”/],
    ['blank', ',,\n', /lacks the column “username”/],
  ])('S8 a header %s', async (_what, header, reason) => {
    const jo = await aPatron();
    await postContacts(server, `username,type,contact\n${jo},PHONE,0\n`);
    const answer = await postContacts(server, `${header.replace('@', jo)}${jo},PHONE,1,2\n`);
    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
    expect(answer.body.summary).toMatch(reason);
    expect(Object.keys(answer.body)).toEqual(['success', 'summary']);
    expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '0' }]);
  });

  test('S6 a file that ends inside a quoted cell', async () => {
    const jo = await aPatron();
    const csv = `username,type,contact\n${jo},PHONE,1\n${jo},PHONE,"2\n${jo},PHONE,3\n`;
    const answer = await postContacts(server, csv);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ success: false, summary: expect.stringMatching(/quote/i) });
    expect(await contactsOf(server, jo)).toEqual([]);
  });

  test('I2 a million columns', async () => {
    const answer = await postContacts(server, `username,type,contact${',x'.repeat(1_000_000)}\n`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ success: false, summary: expect.stringContaining('columns') });
  });

  test('I2 a million cells in a row', async () => {
    const jo = await aPatron();
    const answer = await postContacts(
      server,
      `username,type,contact\n${jo},PHONE,1${',x'.repeat(1_000_000)}\n`,
    );
    expect(answer.body.success).toBe(false);
    expect(await contactsOf(server, jo)).toEqual([]);
  });

  test('I2 a cell of 100 MB', async () => {
    const jo = await aPatron();
    const cell = Buffer.alloc(100 * 1024 * 1024, 'a');
    const csv = Buffer.concat([
      Buffer.from(`username,type,contact\n${jo},PHONE,"`),
      cell,
      Buffer.from('"\n'),
    ]);
    const answer = await postContacts(server, csv);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ success: false, summary: expect.stringContaining('KiB') });
    expect(await contactsOf(server, jo)).toEqual([]);
  });

  test.each([
    ['a spreadsheet', Buffer.from('504b0304140000000800', 'hex')],
    ['nothing but NUL', Buffer.alloc(1000)],
    ['bytes at random', Buffer.from('89504e470d0a1a0a0000000d49484452ff00fe01', 'hex')],
  ])('I2 %s in place of a CSV', async (_what, bytes) => {
    const answer = await postContacts(server, bytes);
    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });
});

test('I2 NUL bytes inside a row refuse or fail it, and nothing of them is stored', async () => {
  const jo = await aPatron();
  const answer = await postContacts(server, `username,type,contact\n${jo},PHONE,1\0 2\n`);
  expect(answer.body.success).toBe(false);
  expect(await contactsOf(server, jo)).toEqual([]);
});
