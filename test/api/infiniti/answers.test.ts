import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contactsOf } from '../../support/contacts-of.ts';
import {
  postContacts,
  seedPatrons,
  seedUsernames,
  startServer,
  type TestServer,
} from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

let casts = 0;
/** Usernames nobody else has. */
async function cast<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
  const suffix = ++casts;
  await seedUsernames(server, ...names.map((name) => `${name}${suffix}`));
  return Object.fromEntries(names.map((name) => [name, `${name}${suffix}`])) as Record<Name, string>;
}

const header = 'username,type,role,primary,addressee,contact,scenarios';

describe('every row good', () => {
  test('I5 the summary counts distinct patrons, and there are no details', async () => {
    const { jo, mo } = await cast('jo', 'mo');
    const csv = `${header}\n${jo},EMAIL,,TRUE,,jo@example.com,ANY\n${jo},PHONE,,,,1,ANY\n${mo},PHONE,,,,2,ANY\n`;
    const answer = await postContacts(server, csv);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"success":true,"summary":"Contacts for 2 patrons updated successfully."}');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test('I5 the same words for one patron, and unchanged ones count', async () => {
    const { jo } = await cast('jo');
    const csv = `${header}\n${jo},EMAIL,,TRUE,,jo@example.com,ANY\n`;
    const said = '{"success":true,"summary":"Contacts for 1 patrons updated successfully."}';
    expect((await postContacts(server, csv)).text).toBe(said);
    expect((await postContacts(server, csv)).text).toBe(said);
  });
});

describe('some rows failed', () => {
  test('I5, I6 the summary counts both, and details say what became of each row', async () => {
    const { jo, mo, al } = await cast('jo', 'mo', 'al');
    const csv = [
      header,
      `${jo},EMAIL,,TRUE,,jo@example.com,ANY`,
      `${jo},EMAL,,,,jo2@example.com,ANY`,
      '',
      `${mo},PHONE,,,,,ANY`,
      `${mo},PHOME,,,,01 2345 6789,ANY`,
      `${al},EMAIL,,,,nonsense,ANY`,
      `nobody,EMAIL,,,,n@example.com,ANY`,
      `${mo},SOCIAL_MEDIA,,,,"two`,
      `lines",ANY`,
      `${mo},PHONE,,MAYBE,,9,ANY`,
    ].join('\r\n');
    const answer = await postContacts(server, csv);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.body.success).toBe(false);
    expect(answer.body.summary).toBe('Contacts for 2 patrons updated. 4 rows failed.');
    expect(Object.keys(answer.body)).toEqual(['success', 'summary', 'details']);
    // S7: blank lines count, a quoted line break begins no row. The ignored row 5 is not listed.
    expect(Object.keys(answer.body.details!)).toEqual(['2', '3', '6', '7', '8', '9', '10']);
    const details = answer.body.details!;
    const kept =
      'Another row that is or may be of this patron failed, so nothing of this patron was removed in this run.';
    expect(details['2']).toBe(`created: ${kept}`);
    expect(details['3']).toBe(
      'failed: “EMAL” is not a contact type (EMAIL, PHONE, SOCIAL_MEDIA). Did you mean “EMAIL”?',
    );
    expect(details['6']).toBe(`created: “PHOME” was read as PHONE. ${kept}`);
    expect(details['7']).toBe(
      'failed: “nonsense” cannot be an e-mail address: it needs text on both sides of an @ and no white space.',
    );
    expect(details['8']).toBe(
      'failed: No patron has the username “nobody”. Import the patron first; a contacts file creates nobody.',
    );
    expect(details['9']).toBe(`created: ${kept}`);
    expect(details['10']).toBe('failed: “MAYBE” in column primary is neither TRUE nor FALSE.');
  });

  test('I6 a row with several faults names them all', async () => {
    const { jo } = await cast('jo');
    const csv = `${header}\n${jo},EMAIL,PARENT,YES,,x,OVERDEU\n`;
    const { body } = await postContacts(server, csv);
    expect(body.summary).toBe('Contacts for 0 patrons updated. 1 rows failed.');
    expect(body.details!['2']).toMatch(/^failed: .*PARENT.*YES.*OVERDEU.*“OVERDUE”.*“x”/);
  });

  test('I6 the same bad file says the same again', async () => {
    const { jo } = await cast('jo');
    const csv = `${header}\n${jo},EMAIL,,,,jo@example.com,ANY\n${jo},FAX,,,,1,ANY\n`;
    const first = await postContacts(server, csv);
    const second = await postContacts(server, csv);
    expect(first.body.details!['2']).toMatch(/^created/);
    expect(second.body.details!['2']).toMatch(/^unchanged/);
    expect(second.body.details!['3']).toBe(first.body.details!['3']);
    expect(second.body.summary).toBe(first.body.summary);
  });

  test('I6 nothing is said of rows when all of them are good, not even of those read differently', async () => {
    const { jo } = await cast('jo');
    const { text } = await postContacts(server, `username,type,contact\n${jo},PHOME,1\n`);
    expect(text).toBe('{"success":true,"summary":"Contacts for 1 patrons updated successfully."}');
  });
});

describe('large files', () => {
  const many = 10_001;
  const usernames = Array.from({ length: many }, (_, index) => `many${index}`);
  const rows = usernames.map((username) => `${username},PHONE,${username}`);

  beforeAll(async () => {
    await seedPatrons(server, `username\n${usernames.join('\n')}\n`);
  });

  test('I6 with 10,000 rows every row is listed', async () => {
    const csv = ['username,type,contact', ...rows.slice(0, 9_999), 'stranger,PHONE,1'].join('\n');
    const { body } = await postContacts(server, csv);
    expect(body.summary).toBe('Contacts for 9999 patrons updated. 1 rows failed.');
    expect(Object.keys(body.details!)).toHaveLength(10_000);
    expect(body.details!['10001']).toMatch(/^failed: /);
  });

  test('I6 above 10,000 rows only the failed ones, and the summary says where the rest is', async () => {
    const csv = ['username,type,contact', ...rows, 'stranger,PHONE,1', 'visitor,PHONE,1'].join('\n');
    const { body } = await postContacts(server, csv);
    expect(Object.keys(body.details!)).toEqual(['10003', '10004']);
    const { items } = await server.store.read.runs.list({ page: 1, pageSize: 1 });
    expect(body.summary).toBe(
      `Contacts for 10001 patrons updated. 2 rows failed. The details list the failed rows; the whole report is at /api/v1/imports/${items[0]!.id}/rows.`,
    );
    expect(await contactsOf(server, 'many10000')).toEqual([{ type: 'PHONE', contact: 'many10000' }]);
  });

  test('I6 an answer of many failed rows is whole', async () => {
    const strangers = Array.from({ length: 25_000 }, (_, index) => `stranger${index},PHONE,1`);
    const { body } = await postContacts(server, ['username,type,contact', ...strangers].join('\n'));
    expect(body.success).toBe(false);
    expect(Object.keys(body.details!)).toHaveLength(25_000);
    expect(body.details!['25001']).toContain('stranger24999');
  });
});

describe('words in cells', () => {
  test('I7 types, roles, booleans, bcc and scenarios ignore case', async () => {
    const { jo } = await cast('jo');
    const csv = [
      'username,type,role,primary,contact,bcc,sms,scenarios',
      `${jo},email,guardian,True,jo@example.com,true,,overdue;Loan_Recall`,
      `${jo},Phone,Other,fAlSe,1,,TRUE,none`,
      `${jo},Social_Media,patron,,@jo,,,any`,
      `${jo},email,,,jo2@example.com,School_Default,,ANY`,
    ].join('\n');
    expect((await postContacts(server, csv)).body.success).toBe(true);
    expect(await contactsOf(server, jo)).toEqual([
      {
        type: 'EMAIL',
        contact: 'jo@example.com',
        role: 'GUARDIAN',
        primary: true,
        bcc: 'TRUE',
        scenarios: 'LOAN_RECALL;OVERDUE',
      },
      { type: 'PHONE', contact: '1', role: 'OTHER', sms: true, scenarios: 'NONE' },
      { type: 'SOCIAL_MEDIA', contact: '@jo' },
      { type: 'EMAIL', contact: 'jo2@example.com' },
    ]);
  });

  test('I7 PHOME, whatever its case, is a phone, and the report of the run says so', async () => {
    const { jo } = await cast('jo');
    const csv = `username,type,contact\n${jo},phome,01 2345 6789\n`;
    expect((await postContacts(server, csv)).body.success).toBe(true);
    expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '01 2345 6789' }]);
    const { runRows, runs } = server.store.read;
    const { items } = await runs.list({ page: 1, pageSize: 1 });
    const { items: rows } = await runRows.list(items[0]!.id, { page: 1, pageSize: 10 });
    expect(rows).toMatchObject([
      { row: 2, outcome: 'created', note: { code: 'type-read-as-phone', column: 'type', value: 'phome' } },
    ]);
  });

  test.each([
    ['EMIAL', 'EMAIL'],
    ['PHNOE', 'PHONE'],
    ['SOCIALMEDIA', 'SOCIAL_MEDIA'],
    ['e-mail', 'EMAIL'],
  ])('I7 the type %s fails and %s is suggested', async (word, meant) => {
    const { jo } = await cast('jo');
    const { body } = await postContacts(server, `username,type,contact\n${jo},${word},jo@example.com\n`);
    expect(body.details!['2']).toBe(
      `failed: “${word}” is not a contact type (EMAIL, PHONE, SOCIAL_MEDIA). Did you mean “${meant}”?`,
    );
    expect(await contactsOf(server, jo)).toEqual([]);
  });

  test('I14 ANY with others is ANY, NONE with others fails, an unknown one fails with a suggestion', async () => {
    const { jo } = await cast('jo');
    const csv = [
      'username,type,contact,scenarios',
      `${jo},PHONE,1, overdue ; ANY ;`,
      `${jo},PHONE,2,NONE;OVERDUE`,
      `${jo},PHONE,3,OVERDUE_ESCALATION_TO`,
      `${jo},PHONE,4,OVERDUE;;NOTHING_LIKE_IT`,
      `${jo},PHONE,5,NONE`,
    ].join('\n');
    const { body } = await postContacts(server, csv);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'PHONE', contact: '1' },
      { type: 'PHONE', contact: '5', scenarios: 'NONE' },
    ]);
    expect(body.details).toMatchObject({
      3: 'failed: NONE stands beside other scenarios in “NONE;OVERDUE”; keep NONE or the others.',
      4: 'failed: “OVERDUE_ESCALATION_TO” is not a communication scenario. Did you mean “OVERDUE_ESCALATION_TWO”?',
    });
    expect(body.details!['5']).toMatch(/^failed: “NOTHING_LIKE_IT” is not a communication scenario\./);
  });
});

test('I20 unknown columns are ignored and named in the report of the run', async () => {
  const { jo } = await cast('jo');
  const csv = `username,House,type,contact,,Notes\n${jo},Red,PHONE,1,,private\n`;
  expect((await postContacts(server, csv)).body.success).toBe(true);
  expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '1' }]);
  const { items } = await server.store.read.runs.list({ page: 1, pageSize: 1 });
  const ignored = items[0]!.notes.filter(({ code }) => code === 'column-ignored');
  expect(ignored.map(({ column }) => column)).toEqual(['House', 'column E', 'Notes']);
});
