import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  keepCustomMode,
  postContacts,
  replaceMode,
  seedPatrons,
  startServer,
  type TestServer,
} from '../../support/server.ts';
import { request } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

interface Contact {
  readonly id: number;
  readonly contact: string;
  readonly addressee: string;
  readonly origin: string;
  readonly primary: boolean;
}

/** A patron of the given username, Ada Lovelace, with the contacts of a file (rows without the username). */
async function seed(username: string, columns = '', ...rows: readonly string[]): Promise<number> {
  await seedPatrons(server, `username,firstname,surname\n${username},Ada,Lovelace\n`);
  if (rows.length > 0) await send(username, columns, rows);
  return (await request(server, 'GET', `/patrons/${username}`)).body.id as number;
}

async function send(username: string, columns: string, rows: readonly string[], mode = keepCustomMode) {
  const csv = [`username,${columns}`, ...rows.map((row) => `${username},${row}`)].join('\n');
  const { body } = await postContacts(server, csv, mode);
  expect(body).toMatchObject({ success: true });
}

async function contactsOf(id: number): Promise<Contact[]> {
  return (await request(server, 'GET', `/patrons/${id}/contacts`)).body.items;
}

const columns = 'type,contact,role,primary,addressee,scenarios';

describe('contacts by hand', () => {
  test('are answered in the shape that is fixed, with the defaults of a file', async () => {
    const id = await seed('shape');
    const answer = await request(server, 'POST', `/patrons/${id}/contacts`, {
      json: { type: 'EMAIL', contact: ' Łódź@Home.example ' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/api/v1/patrons/${id}/contacts/${answer.body.id}`);
    expect(Object.entries(answer.body)).toEqual(
      Object.entries({
        id: answer.body.id,
        type: 'EMAIL',
        role: 'PATRON',
        primary: true,
        addressee: 'Ada Lovelace',
        contact: 'Lodz@Home.example',
        bcc: 'SCHOOL_DEFAULT',
        sms: false,
        scenarios: ['ANY'],
        origin: 'custom',
      }),
    );
    const list = await request(server, 'GET', `/patrons/${id}/contacts`);
    expect(list.body).toEqual({ items: [answer.body], total: 1, page: 1, pageSize: 50 });
  });

  test('I11 a new primary e-mail takes the place of the other one, and a removed one is replaced', async () => {
    const id = await seed('primaries', columns, 'EMAIL,a@x.example,PATRON,TRUE,,ANY');
    const { body } = await request(server, 'POST', `/patrons/${id}/contacts`, {
      json: { type: 'EMAIL', contact: 'b@x.example', primary: true },
    });
    expect((await contactsOf(id)).map(({ primary }) => primary)).toEqual([false, true]);
    const removed = await request(server, 'DELETE', `/patrons/${id}/contacts/${body.id}`);
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect(await contactsOf(id)).toMatchObject([{ contact: 'a@x.example', primary: true }]);
  });

  test('I12 a contact that is added or changed by hand is custom and outlives files that keep custom ones', async () => {
    const id = await seed('custom', columns, 'EMAIL,old@x.example,GUARDIAN,TRUE,,ANY');
    const [imported] = await contactsOf(id);
    expect(imported!.origin).toBe('imported');
    const changed = await request(server, 'PATCH', `/patrons/${id}/contacts/${imported!.id}`, {
      json: { contact: 'new@x.example' },
    });
    expect(changed.body).toMatchObject({ id: imported!.id, contact: 'new@x.example', origin: 'custom' });
    await request(server, 'POST', `/patrons/${id}/contacts`, { json: { type: 'PHONE', contact: '0123' } });

    // Tonight's file brings the value back that was changed by hand, and nothing else.
    await send('custom', columns, ['EMAIL,old@x.example,GUARDIAN,TRUE,,ANY']);
    expect((await contactsOf(id)).map(({ contact }) => contact)).toEqual(['new@x.example', '0123']);
    await send('custom', columns, ['EMAIL,old@x.example,GUARDIAN,TRUE,,ANY'], replaceMode);
    expect((await contactsOf(id)).map(({ contact }) => contact)).toEqual(['old@x.example']);
  });

  test('I12 a change that says nothing new leaves a contact imported', async () => {
    const id = await seed('nothing-new', columns, 'EMAIL,same@x.example,PATRON,TRUE,,OVERDUE');
    const [before] = await contactsOf(id);
    const { body } = await request(server, 'PATCH', `/patrons/${id}/contacts/${before!.id}`, {
      json: { contact: 'same@x.example', scenarios: ['overdue'] },
    });
    expect(body).toEqual(before);
  });

  test('I18 the patron’s names stand for a blank addressee, and are not frozen when they are sent back', async () => {
    const id = await seed('names', columns, 'EMAIL,n@x.example,PATRON,TRUE,,ANY', 'PHONE,1,GUARDIAN,,,ANY');
    const [own, guardian] = await contactsOf(id);
    expect([own!.addressee, guardian!.addressee]).toEqual(['Ada Lovelace', '']);
    const { id: _id, origin: _origin, ...shown } = own!;
    const { body } = await request(server, 'PATCH', `/patrons/${id}/contacts/${own!.id}`, { json: shown });
    expect(body).toEqual(own);

    await request(server, 'PATCH', `/patrons/${id}`, { json: { surname: 'King' } });
    expect((await contactsOf(id))[0]!.addressee).toBe('Ada King');
    const named = await request(server, 'PATCH', `/patrons/${id}/contacts/${own!.id}`, {
      json: { addressee: 'Countess' },
    });
    expect(named.body).toMatchObject({ addressee: 'Countess', origin: 'custom' });
  });

  test('I19 the same contact twice is refused and the first one named', async () => {
    const id = await seed('twins', columns, 'EMAIL,twin@x.example,PATRON,TRUE,,ANY');
    const [first] = await contactsOf(id);
    const { status, body } = await request(server, 'POST', `/patrons/${id}/contacts`, {
      json: { type: 'EMAIL', contact: 'TWIN@x.example' },
    });
    expect([status, body.code, body.id]).toEqual([409, 'conflict', first!.id]);
  });

  test('refuse what cannot be a contact, and keep nothing of it', async () => {
    const id = await seed('refused');
    for (const [json, words] of [
      [{ type: 'EMAIL', contact: 'no-at-sign' }, 'cannot be an e-mail address'],
      [{ type: 'EMAIL', contact: '   ' }, 'blank'],
      [{ type: 'PHONE', contact: '1', scenarios: ['OVERDU'] }, 'Did you mean “OVERDUE”?'],
      [{ type: 'PHONE', contact: '1', scenarios: ['NONE', 'OVERDUE'] }, 'NONE cannot stand beside'],
      [{ type: 'FAX', contact: '1' }, 'Expected one of EMAIL, PHONE, SOCIAL_MEDIA'],
      [{ type: 'PHONE' }, 'contact: a text is needed here'],
      [{ type: 'PHONE', contact: 1 }, 'contact: Expected a text, got a number'],
      [{ type: 'PHONE', contact: '1', sms: 'TRUE' }, 'sms: Expected a boolean, got a text'],
      [{ type: 'PHONE', contact: '1', scenario: [] }, 'Did you mean “scenarios”?'],
      [{ type: 'PHONE', contact: 'a\u0000b' }, 'a text that can be stored'],
    ] as const) {
      const { status, body } = await request(server, 'POST', `/patrons/${id}/contacts`, { json });
      expect(status, JSON.stringify(json)).toBe(400);
      expect(body.detail.toLowerCase()).toContain(words.toLowerCase());
    }
    expect(await contactsOf(id)).toEqual([]);
  });

  test('belong to their patron: another patron’s address does not reach them', async () => {
    const id = await seed('owner', columns, 'EMAIL,owner@x.example,PATRON,TRUE,,ANY');
    const [contact] = await contactsOf(id);
    const other = await seed('other');
    for (const method of ['PATCH', 'DELETE']) {
      const path = `/patrons/${other}/contacts/${contact!.id}`;
      const answer = await request(
        server,
        method,
        path,
        method === 'PATCH' ? { json: { contact: 'x@y' } } : {},
      );
      expect([answer.status, answer.body.code], method).toEqual([404, 'not-found']);
    }
    expect(await contactsOf(id)).toEqual([contact]);
  });
});

describe('recipients', () => {
  test('I22 are the e-mails whose scenarios permit it, To or Bcc, and nobody instead', async () => {
    const id = await seed(
      'reached',
      `${columns},bcc`,
      'EMAIL,own@x.example,PATRON,TRUE,,OVERDUE,SCHOOL_DEFAULT',
      'EMAIL,mum@x.example,GUARDIAN,,Mrs Lovelace,ANY,TRUE',
      'PHONE,0123,PATRON,,,ANY,',
      'EMAIL,never@x.example,OTHER,,,NONE,',
    );
    const recipients = async (scenario: string) =>
      (await request(server, 'GET', `/patrons/${id}/recipients?scenario=${scenario}`)).body;
    expect(await recipients('overdue')).toEqual({
      items: [
        { contact: 'own@x.example', addressee: 'Ada Lovelace', field: 'to' },
        { contact: 'mum@x.example', addressee: 'Mrs Lovelace', field: 'bcc' },
      ],
    });
    expect(await recipients('LOAN_RECALL')).toEqual({
      items: [{ contact: 'mum@x.example', addressee: 'Mrs Lovelace', field: 'bcc' }],
    });

    const lonely = await seed('lonely', columns, 'EMAIL,only@x.example,PATRON,TRUE,,OVERDUE');
    const nobody = await request(server, 'GET', `/patrons/${lonely}/recipients?scenario=LOAN_RECALL`);
    expect(nobody.body).toEqual({ items: [] });
  });

  test('I22 SCHOOL_DEFAULT is what the tenant’s setting says', async () => {
    await using school = await startServer();
    await seedPatrons(school, 'username,email\nada,ada@x.example\n');
    await school.store.transact((tx) => tx.settings.save({ bccDefault: 'TRUE' }));
    const { body } = await request(school, 'GET', '/patrons/ada/recipients?scenario=OVERDUE');
    expect(body).toEqual({ items: [{ contact: 'ada@x.example', addressee: '', field: 'bcc' }] });
  });

  test('of an unknown scenario are refused with the nearest one', async () => {
    const id = await seed('asked');
    const wrong = await request(server, 'GET', `/patrons/${id}/recipients?scenario=OVERDU`);
    expect([wrong.status, wrong.body.suggestion]).toEqual([400, 'OVERDUE']);
    expect(wrong.body.detail).toContain('Did you mean “OVERDUE”?');
    expect((await request(server, 'GET', `/patrons/${id}/recipients?scenario=ANY`)).status).toBe(400);
    const missing = await request(server, 'GET', `/patrons/${id}/recipients`);
    expect(missing.body.detail).toContain('scenario: a text is needed here');
  });
});
