import { afterAll, describe, expect, test } from 'vitest';
import { addByHand, askApi, changeByHand } from '../../support/by-hand.ts';
import { contactsOf, patronId, storedContacts } from '../../support/contacts-of.ts';
import {
  keepCustomMode,
  postContacts,
  replaceMode,
  seedPatrons,
  seedUsernames,
  startServer,
  type ImportAnswer,
} from '../../support/server.ts';

const server = await startServer();
afterAll(() => server.close());

let jos = 0;
/** A username nobody else has. */
async function aPatron(): Promise<string> {
  const username = `jo${++jos}`;
  await seedUsernames(server, username);
  return username;
}

/** Posts lines under a header; `@` at the start of a line stands for the username. */
async function post(
  username: string,
  header: string,
  lines: readonly string[],
  mode: string = replaceMode,
): Promise<ImportAnswer['body']> {
  const csv = [header, ...lines.map((line) => line.replace(/^@/, username))].join('\n');
  const { status, body } = await postContacts(server, csv, mode);
  expect(status).toBe(200);
  return body;
}

const short = 'username,type,contact';
const kept =
  'Another row that is or may be of this patron failed, so nothing of this patron was removed in this run.';

describe('whom a file declares', () => {
  test.each(['', '   ', '" "', '\u0301', '\u200b'])(
    'I8 a contact of %j is ignored and declares nobody',
    async (cell) => {
      const jo = await aPatron();
      await post(jo, short, ['@,PHONE,1']);
      const body = await post(jo, short, [`@,NONSENSE,${cell}`]);
      expect(body).toEqual({ success: true, summary: 'Contacts for 0 patrons updated successfully.' });
      expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '1' }]);
    },
  );

  test('I8 a blank contact beside a good one leaves the good one to declare the patron', async () => {
    const jo = await aPatron();
    await post(jo, short, ['@,PHONE,1']);
    expect(await post(jo, short, ['@,EMAIL,', '@,PHONE,2'])).toMatchObject({ success: true });
    expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '2' }]);
  });

  test('I9 an unknown username fails, nobody is created, and the others are applied', async () => {
    const jo = await aPatron();
    const before = await server.store.read.patrons.count();
    const body = await post(jo, short, ['stranger,PHONE,1', '@,PHONE,2', ',PHONE,3', 'stranger,PHONE,']);
    expect(body).toEqual({
      success: false,
      summary: 'Contacts for 1 patrons updated. 2 rows failed.',
      details: {
        2: 'failed: No patron has the username “stranger”. Import the patron first; a contacts file creates nobody.',
        3: 'created',
        4: 'failed: The username is blank, so it is unknown whose contact this is.',
      },
    });
    expect(await server.store.read.patrons.count()).toBe(before);
    expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '2' }]);
  });

  test('I9 a username is the same in other case and with blanks around it', async () => {
    const jo = await aPatron();
    expect(await post(jo, short, [` ${jo.toUpperCase()} ,PHONE,1`, '@,PHONE,2'])).toMatchObject({
      summary: 'Contacts for 1 patrons updated successfully.',
    });
    expect(await contactsOf(server, jo)).toHaveLength(2);
  });

  test('rows of one patron need not stand together', async () => {
    const jo = await aPatron();
    const mo = await aPatron();
    await post(jo, short, ['@,PHONE,1', `${mo},PHONE,3`, '@,PHONE,2']);
    expect((await contactsOf(server, jo)).map(({ contact }) => contact)).toEqual(['1', '2']);
    expect((await contactsOf(server, mo)).map(({ contact }) => contact)).toEqual(['3']);
  });

  test('a declared patron loses what the file does not name, others lose nothing', async () => {
    const jo = await aPatron();
    const mo = await aPatron();
    await post(jo, short, ['@,PHONE,1', '@,PHONE,2', `${mo},PHONE,3`]);
    await post(jo, short, ['@,PHONE,2']);
    expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '2' }]);
    expect(await contactsOf(server, mo)).toEqual([{ type: 'PHONE', contact: '3' }]);
  });
});

describe('rows that fail', () => {
  test('I10 a failed row: good rows are added and updated, nothing of the patron goes', async () => {
    const jo = await aPatron();
    await post(jo, `${short},scenarios`, ['@,PHONE,1,ANY', '@,PHONE,2,ANY']);
    const body = await post(jo, `${short},scenarios`, ['@,PHONE,1,NONE', '@,FAX,9,ANY', '@,PHONE,3,ANY']);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'PHONE', contact: '1', scenarios: 'NONE' },
      { type: 'PHONE', contact: '2' },
      { type: 'PHONE', contact: '3' },
    ]);
    expect(body.summary).toBe('Contacts for 1 patrons updated. 1 rows failed.');
    expect(body.details).toMatchObject({ 2: `updated: ${kept}`, 4: `created: ${kept}` });
  });

  test('I10 a patron none of whose rows is good is untouched and does not count', async () => {
    const jo = await aPatron();
    await post(jo, short, ['@,PHONE,1']);
    const body = await post(jo, short, ['@,FAX,9', '@,EMAIL,nothing']);
    expect(body.summary).toBe('Contacts for 0 patrons updated. 2 rows failed.');
    expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '1' }]);
  });

  test('I10, S5 a row with a cell too many fails and keeps what its patron has', async () => {
    const jo = await aPatron();
    await post(jo, short, ['@,PHONE,1']);
    const body = await post(jo, short, ['@,PHONE,2,3', '@,PHONE,4']);
    expect(body.details!['2']).toMatch(/^failed: The row has more cells than the header .*“3”/);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'PHONE', contact: '1' },
      { type: 'PHONE', contact: '4' },
    ]);
  });

  test('S5 a file cut off inside its last row fails that row and removes nothing of its patron', async () => {
    const jo = await aPatron();
    await post(jo, short, ['@,PHONE,1', '@,PHONE,2']);
    const body = await post(jo, short, ['@,PHONE,1', '@,PHO']);
    expect(body.details!['3']).toMatch(/^failed: The file ends inside this row/);
    expect(await contactsOf(server, jo)).toHaveLength(2);
  });
});

describe('primary', () => {
  const header = 'username,type,role,primary,contact';
  const primaries = async (username: string) =>
    (await contactsOf(server, username)).filter(({ primary }) => primary).map(({ contact }) => contact);

  test('I11 of several declared the first stays, of each type', async () => {
    const jo = await aPatron();
    const body = await post(jo, header, [
      '@,EMAIL,GUARDIAN,FALSE,a@x.y',
      '@,EMAIL,OTHER,TRUE,b@x.y',
      '@,EMAIL,PATRON,TRUE,c@x.y',
      '@,PHONE,,TRUE,1',
      '@,PHONE,,TRUE,2',
      '@,FAX,,,0',
    ]);
    expect(await primaries(jo)).toEqual(['b@x.y', '1']);
    const demoted = 'Another contact of this type is the primary one; this one was stored as not primary.';
    expect(body.details).toMatchObject({
      4: `created: ${demoted} ${kept}`,
      6: `created: ${demoted} ${kept}`,
    });
  });

  test.each([
    ['the patron before guardian and other', ['OTHER', 'GUARDIAN', 'PATRON'], 2],
    ['a guardian before another', ['OTHER', 'GUARDIAN', 'GUARDIAN'], 1],
    ['the first of equals', ['OTHER', 'OTHER', 'OTHER'], 0],
  ])('I11 none declared elects %s', async (_what, roles, elected) => {
    const jo = await aPatron();
    await post(
      jo,
      header,
      roles.map((role, index) => `@,EMAIL,${role},,e${index}@x.y`),
    );
    expect(await primaries(jo)).toEqual([`e${elected}@x.y`]);
  });

  test('I11 phones and social media are never elected', async () => {
    const jo = await aPatron();
    await post(jo, header, ['@,PHONE,,,1', '@,SOCIAL_MEDIA,,,@jo']);
    expect(await primaries(jo)).toEqual([]);
  });

  test('I11 a new primary takes the place of the old one', async () => {
    const jo = await aPatron();
    await post(jo, header, ['@,EMAIL,,TRUE,a@x.y', '@,EMAIL,,,b@x.y']);
    await post(jo, header, ['@,EMAIL,,,a@x.y', '@,EMAIL,,TRUE,b@x.y']);
    expect(await primaries(jo)).toEqual(['b@x.y']);
    await post(jo, header, ['@,EMAIL,,,a@x.y']);
    expect(await primaries(jo)).toEqual(['a@x.y']);
  });
});

describe('custom contacts', () => {
  const header = 'username,type,role,primary,contact';

  test('I12 replaceDeclaredPatrons removes custom ones as well', async () => {
    const jo = await aPatron();
    await addByHand(server, jo, { type: 'PHONE', contact: '99' });
    await post(jo, short, ['@,PHONE,1']);
    expect(await contactsOf(server, jo)).toEqual([{ type: 'PHONE', contact: '1' }]);
  });

  test('I12 a custom one equal to a row stays in its place and becomes imported', async () => {
    const jo = await aPatron();
    await addByHand(server, jo, { type: 'EMAIL', contact: 'Jo@x.y', scenarios: ['OVERDUE'] });
    const [before] = await storedContacts(server, jo);
    await post(jo, short, ['@,EMAIL,jo@x.y']);
    const [after] = await storedContacts(server, jo);
    expect(after).toMatchObject({ id: before!.id, contact: 'jo@x.y', origin: 'imported' });
  });

  test('I12 KeepCustom keeps what a hand made and what a hand changed', async () => {
    const jo = await aPatron();
    await post(jo, short, ['@,PHONE,1', '@,PHONE,2']);
    await addByHand(server, jo, { type: 'PHONE', contact: '99' });
    await changeByHand(server, jo, '2', { addressee: 'Grandmother' });
    await post(jo, short, ['@,PHONE,3'], keepCustomMode);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'PHONE', contact: '2', addressee: 'Grandmother', origin: 'custom' },
      { type: 'PHONE', contact: '99', origin: 'custom' },
      { type: 'PHONE', contact: '3' },
    ]);
  });

  test('I12 a custom primary stays primary and the declared one is demoted', async () => {
    const jo = await aPatron();
    await addByHand(server, jo, { type: 'EMAIL', contact: 'mine@x.y', primary: true });
    await post(jo, header, ['@,EMAIL,,TRUE,school@x.y'], keepCustomMode);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'EMAIL', contact: 'mine@x.y', primary: true, origin: 'custom' },
      { type: 'EMAIL', contact: 'school@x.y' },
    ]);
  });

  test('I12 a row equal to a custom contact leaves it as it is and adds no twin', async () => {
    const jo = await aPatron();
    await addByHand(server, jo, { type: 'EMAIL', contact: 'Jo@X.y', scenarios: ['OVERDUE'] });
    const body = await post(jo, `${short},scenarios`, ['@,EMAIL,jo@x.y,ANY', '@,FAX,1,ANY'], keepCustomMode);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'EMAIL', contact: 'Jo@X.y', primary: true, scenarios: 'OVERDUE', origin: 'custom' },
    ]);
    expect(body.details!['2']).toBe(
      `unchanged: A contact made or changed by hand already says this; it was left as it is. ${kept}`,
    );
  });

  test('I12 a value changed by hand does not come back beside it, night after night', async () => {
    const jo = await aPatron();
    const night = ['@,EMAIL,,TRUE,old@x.y'];
    await post(jo, header, night, keepCustomMode);
    await changeByHand(server, jo, 'old@x.y', { contact: 'new@x.y' });
    await changeByHand(server, jo, 'new@x.y', { contact: 'newer@x.y' });
    const expected = [{ type: 'EMAIL', contact: 'newer@x.y', primary: true, origin: 'custom' }];
    for (let nights = 0; nights < 3; nights++) {
      const body = await post(jo, header, night, keepCustomMode);
      expect(body).toEqual({ success: true, summary: 'Contacts for 1 patrons updated successfully.' });
      expect(await contactsOf(server, jo)).toEqual(expected);
    }
    await post(jo, header, night, replaceMode);
    expect(await contactsOf(server, jo)).toEqual([{ type: 'EMAIL', contact: 'old@x.y', primary: true }]);
  });
});

describe('what cells say', () => {
  test('I13 missing columns: PATRON, not primary, the school decides bcc, no SMS, ANY', async () => {
    const jo = await aPatron();
    await post(jo, short, ['@,PHONE,1', '@,EMAIL,a@x.y', '@,EMAIL,b@x.y']);
    const values = { role: 'PATRON', addressee: '', bcc: 'SCHOOL_DEFAULT', sms: false, scenarios: 1 };
    expect(await storedContacts(server, jo)).toMatchObject([
      { type: 'PHONE', primary: false, ...values },
      { type: 'EMAIL', primary: true, ...values },
      { type: 'EMAIL', primary: false, ...values },
    ]);
  });

  test('I13 blank cells are the same but for scenarios, which is NONE', async () => {
    const jo = await aPatron();
    const header = 'username,type,role,primary,addressee,contact,bcc,sms,scenarios';
    await post(jo, header, ['@,PHONE,,,,1,,,', '@,PHONE,,,,2', '@,EMAIL,,,,a@x.y,,,']);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'PHONE', contact: '1', scenarios: 'NONE' },
      { type: 'PHONE', contact: '2', scenarios: 'NONE' },
      { type: 'EMAIL', contact: 'a@x.y', primary: true, scenarios: 'NONE' },
    ]);
  });

  test('I15 bcc counts on e-mail and sms on phones; elsewhere they are not even checked', async () => {
    const jo = await aPatron();
    const body = await post(jo, `${short},bcc,sms`, [
      '@,PHONE,1,WHATEVER,TRUE',
      '@,EMAIL,a@x.y,TRUE,WHATEVER',
      '@,SOCIAL_MEDIA,@jo,WHATEVER,WHATEVER',
    ]);
    expect(body).toMatchObject({ success: true });
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'PHONE', contact: '1', sms: true },
      { type: 'EMAIL', contact: 'a@x.y', primary: true, bcc: 'TRUE' },
      { type: 'SOCIAL_MEDIA', contact: '@jo' },
    ]);
    const wrong = await post(jo, `${short},bcc,sms`, ['@,PHONE,1,,MAYBE', '@,EMAIL,a@x.y,MAYBE,']);
    expect(wrong.summary).toBe('Contacts for 0 patrons updated. 2 rows failed.');
  });

  test.each(['no-at.example.com', '@x.y', 'jo@', 'jo doe@x.y', 'jo@x .y', 'jo@x\u0007.y'])(
    'I16 the e-mail %j is hopeless',
    async (text) => {
      const jo = await aPatron();
      const body = await post(jo, short, [`@,EMAIL,"${text}"`]);
      expect(body.summary).toBe('Contacts for 0 patrons updated. 1 rows failed.');
      expect(await contactsOf(server, jo)).toEqual([]);
    },
  );

  test.each(["o'neil+x@sub.x.y", 'root@localhost', '"a@b"@x.y', 'jo@x..y', 'j.@x.y'])(
    'I16 the e-mail %j is somebody’s business',
    async (text) => {
      const jo = await aPatron();
      await post(jo, short, [`@,EMAIL,"${text.replaceAll('"', '""')}"`]);
      expect((await contactsOf(server, jo))[0]?.contact).toBe(text);
    },
  );

  test('I16 phones and social media are free text, formulas included', async () => {
    const jo = await aPatron();
    await post(jo, short, [
      '@,PHONE,ask at the office',
      '@,SOCIAL_MEDIA,"=HYPERLINK(""x"")"',
      '@,PHONE,+44 1',
    ]);
    expect((await contactsOf(server, jo)).map(({ contact }) => contact)).toEqual([
      'ask at the office',
      '=HYPERLINK("x")',
      '+44 1',
    ]);
  });

  test('I17 the contact is romanised, the addressee is not', async () => {
    const jo = await aPatron();
    await post(jo, 'username,type,addressee,contact', [
      '@,SOCIAL_MEDIA,Łucja,Łódź',
      '@,SOCIAL_MEDIA,Юлия,Юлия',
      '@,EMAIL,,żółw@przykład.pl',
      '@,SOCIAL_MEDIA,,plain_ASCII~!',
    ]);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'SOCIAL_MEDIA', contact: 'Lodz', addressee: 'Łucja' },
      { type: 'SOCIAL_MEDIA', contact: 'Yuliya', addressee: 'Юлия' },
      { type: 'EMAIL', contact: 'zolw@przyklad.pl', primary: true },
      { type: 'SOCIAL_MEDIA', contact: 'plain_ASCII~!' },
    ]);
  });

  test('I19 the same contact twice is one: the later row wins, and both say so', async () => {
    const jo = await aPatron();
    const body = await post(jo, 'username,type,role,addressee,contact,scenarios', [
      '@,EMAIL,GUARDIAN,Jane,jane@x.y,ANY',
      '@,EMAIL,OTHER,Jane,jane@x.y,ANY',
      '@,EMAIL,guardian,Jane Doe,JANE@x.y,NONE',
      '@,FAX,,,1,ANY',
    ]);
    expect(await contactsOf(server, jo)).toEqual([
      { type: 'EMAIL', role: 'OTHER', addressee: 'Jane', contact: 'jane@x.y' },
      {
        type: 'EMAIL',
        role: 'GUARDIAN',
        primary: true,
        addressee: 'Jane Doe',
        contact: 'JANE@x.y',
        scenarios: 'NONE',
      },
    ]);
    expect(body.details!['2']).toContain('The same contact stands in row 4 too; the later row counts.');
    expect(body.details!['4']).toContain('The same contact stands in row 2 too; the later row counts.');
    expect(body.details!['3']).not.toContain('The same contact');
  });
});

describe('who receives', () => {
  const recipients = async (username: string, scenario: string) => {
    const path = `/patrons/${await patronId(server, username)}/recipients?scenario=${scenario}`;
    return ((await askApi(server, 'GET', path)) as { items: unknown[] }).items;
  };

  test('I18, I22 those whose scenarios permit it, addressed by the names of today', async () => {
    const jo = `jo${++jos}`;
    await seedPatrons(server, `username,firstname,surname\n${jo},Joan,Doe\n`);
    const body = await post(jo, 'username,type,role,primary,addressee,contact,bcc,scenarios', [
      '@,EMAIL,PATRON,TRUE,,jo@x.y,,ANY',
      '@,EMAIL,GUARDIAN,FALSE,Jane Doe,jane@x.y,TRUE,OVERDUE;LOAN_RECALL',
      '@,EMAIL,GUARDIAN,FALSE,,nameless@x.y,FALSE,LOAN_RECALL',
      '@,PHONE,GUARDIAN,TRUE,Jane Doe,1,,ANY',
    ]);
    expect(body).toMatchObject({ success: true });
    const patron = { contact: 'jo@x.y', addressee: 'Joan Doe', field: 'to' };
    const jane = { contact: 'jane@x.y', addressee: 'Jane Doe', field: 'bcc' };
    expect(await recipients(jo, 'OVERDUE')).toEqual([patron, jane]);
    expect(await recipients(jo, 'LOAN_RECALL')).toEqual([
      patron,
      jane,
      { contact: 'nameless@x.y', addressee: '', field: 'to' },
    ]);
    expect(await recipients(jo, 'EXPIRED_RESERVATION')).toEqual([patron]);
    await seedPatrons(server, `username,firstname,surname\n${jo},Joan,Smith\n`);
    expect(await recipients(jo, 'EXPIRED_RESERVATION')).toEqual([{ ...patron, addressee: 'Joan Smith' }]);
  });

  test('I22 nobody permitted: nobody, not the primary', async () => {
    const jo = await aPatron();
    await post(jo, `${short},scenarios`, ['@,EMAIL,jo@x.y,LOAN_RECALL']);
    expect(await recipients(jo, 'OVERDUE')).toEqual([]);
  });
});

test('S1 a patron of one channel is the patron of all: the e-mail of a contacts file is the patron’s e-mail', async () => {
  const jo = await aPatron();
  await post(jo, 'username,type,role,primary,contact', [
    '@,EMAIL,GUARDIAN,TRUE,jane@x.y',
    '@,EMAIL,PATRON,FALSE,jo@x.y',
  ]);
  const id = await patronId(server, jo);
  expect(await askApi(server, 'GET', `/patrons/${id}`)).toMatchObject({ username: jo, email: 'jo@x.y' });
  await seedPatrons(server, `username,email\n${jo},new@x.y\n`);
  expect(await contactsOf(server, jo)).toEqual([
    { type: 'EMAIL', contact: 'jane@x.y', role: 'GUARDIAN' },
    { type: 'EMAIL', contact: 'new@x.y', primary: true },
  ]);
});
