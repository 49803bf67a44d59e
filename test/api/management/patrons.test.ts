import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedPatrons, startServer, type TestServer } from '../../support/server.ts';
import { request } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await seedPatrons(
    server,
    [
      'username,barcode,externalid,firstname,surname,email,classgrade,room,role',
      'lukasz,B1,X1,Łukasz,Żółkowski,lukasz@school.example,7B,R1,STUDENT',
      'zoe,B2,X2,Zoë,Ng,,7B,R2,STUDENT',
      'ng,B3,X3,Percy,100%_Sure,percy@school.example,8A,R1,TEACHER',
      'ob,B4,X4,Siân,O’Brien,,8A,R2,STUDENT',
      'quote,B5,X5,"Ann ""Nan""",O\'Neil,,8A,R3,STUDENT',
    ].join('\n'),
  );
});
afterAll(() => server.close());

async function search(query: Record<string, string>) {
  const { status, body } = await request(server, 'GET', `/patrons?${new URLSearchParams(query).toString()}`);
  expect(status).toBe(200);
  return body as { items: Record<string, unknown>[]; total: number; page: number; pageSize: number };
}

async function found(q: string): Promise<unknown[]> {
  const { items, total } = await search({ q });
  expect(total).toBe(items.length);
  return items.map(({ username }) => username);
}

async function create(patron: Record<string, unknown>) {
  const { status, body } = await request(server, 'POST', '/patrons', { json: patron });
  expect(status).toBe(201);
  return body as { id: number; username: string; email: string; notes: { code: string }[] };
}

describe('search', () => {
  test('finds without regard to case and accents, over names, keys, class and own e-mail', async () => {
    expect(await found('ŁUKASZ')).toEqual(['lukasz']);
    expect(await found('zolkowski')).toEqual(['lukasz']);
    expect(await found('lukasz@school')).toEqual(['lukasz']);
    expect(await found('zoe')).toEqual(['zoe']);
    expect(await found('X3')).toEqual(['ng']);
  });

  test('wants every word of several', async () => {
    expect(await found('7b zoe')).toEqual(['zoe']);
    expect(await found('7b percy')).toEqual([]);
  });

  test('takes words of one and two letters', async () => {
    expect(await found('ob')).toEqual(['ob']);
    expect((await found('n')).length).toBeGreaterThan(1);
  });

  test('puts who has exactly that key first', async () => {
    expect(await found('ng')).toEqual(['ng', 'zoe']);
    const first = await search({ q: 'ng', page: '1', pageSize: '1' });
    const second = await search({ q: 'ng', page: '2', pageSize: '1' });
    expect([first, second].map(({ items }) => items[0]?.['username'])).toEqual(['ng', 'zoe']);
    expect(first).toMatchObject({ total: 2, page: 1, pageSize: 1 });
  });

  test('takes what SQL and its patterns give a meaning as it stands', async () => {
    expect(await found('100%_')).toEqual(['ng']);
    expect(await found('%')).toEqual(['ng']);
    expect(await found('_')).toEqual(['ng']);
    expect(await found('"nan"')).toEqual(['quote']);
    expect(await found("o'neil")).toEqual(['quote']);
    expect(await found("' OR 1=1 --")).toEqual([]);
    expect(await found('😀')).toEqual([]);
    expect(await found('surname:Ng')).toEqual([]);
    expect(await found('NOT zoe')).toEqual([]);
  });

  test('narrows by role and status, and counts', async () => {
    expect((await search({ role: 'TEACHER' })).items).toHaveLength(1);
    expect(await search({ status: 'INACTIVE' })).toMatchObject({
      items: [],
      total: 0,
      page: 1,
      pageSize: 50,
    });
    expect(await search({ page: '9' })).toMatchObject({ items: [], page: 9 });
  });

  test('answers a patron in the shape that is fixed', async () => {
    const { items } = await search({ q: 'lukasz' });
    expect(Object.entries(items[0]!)).toEqual(
      Object.entries({
        id: items[0]!['id'],
        username: 'lukasz',
        barcode: 'B1',
        externalid: 'X1',
        firstname: 'Łukasz',
        surname: 'Żółkowski',
        email: 'lukasz@school.example',
        classgrade: '7B',
        room: 'R1',
        role: 'STUDENT',
        status: 'ACTIVE',
      }),
    );
  });

  test('refuses a text that is longer than any name', async () => {
    const { status, body } = await request(server, 'GET', `/patrons?q=${'x'.repeat(1000)}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ in: 'query', path: 'q', message: 'Expected at most 200 characters.' }]);
    const huge = await request(server, 'GET', `/patrons?q=${'x'.repeat(10_000)}`);
    expect([huge.status, huge.body.code]).toEqual([400, 'bad-request']);
  });
});

test('pages beyond the counting cap put the exact key first, repeat nobody and leave nobody out', async () => {
  await using crowd = await startServer();
  const rows = Array.from({ length: 1100 }, (_, index) => `crowd${index},Common`);
  await seedPatrons(crowd, `username,surname\n${rows.join('\n')}\ncommon,Zed\n`);
  const seen: string[] = [];
  for (let page = 1; page <= 3; page++) {
    const { body } = await request(crowd, 'GET', `/patrons?q=common&pageSize=500&page=${page}`);
    expect(body.total).toBeNull();
    seen.push(...body.items.map(({ username }: { username: string }) => username));
  }
  expect(seen[0]).toBe('common');
  expect(seen).toHaveLength(1101);
  expect(new Set(seen).size).toBe(1101);
});

describe('one patron', () => {
  test('is found by id, username, barcode or externalid', async () => {
    const { id } = (await request(server, 'GET', '/patrons/zoe')).body;
    for (const name of [String(id), 'ZOE', 'b2', 'X2', 'barcode:B2', 'username:zoe']) {
      expect((await request(server, 'GET', `/patrons/${encodeURIComponent(name)}`)).body.id, name).toBe(id);
    }
  });

  test('is not guessed at where a text names two', async () => {
    const first = await create({ username: 'two-of-us' });
    const second = await create({ barcode: 'TWO-of-us' });
    const { status, body } = await request(server, 'GET', '/patrons/two-of-us');
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'ambiguous', ids: [first.id, second.id] });
    expect((await request(server, 'GET', '/patrons/barcode:two-of-us')).body.id).toBe(second.id);
  });

  test('is reached by its id although another one has that number as a key', async () => {
    const first = await create({ username: 'numbered' });
    await create({ barcode: String(first.id) });
    expect((await request(server, 'GET', `/patrons/${first.id}`)).body.id).toBe(first.id);
  });

  test('is answered with 201, where it lies and what it says', async () => {
    const answer = await request(server, 'POST', '/patrons', {
      json: { username: ' ada ', firstname: 'Ada', surname: 'Lovelace', email: 'ada@school.example' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/api/v1/patrons/${answer.body.id}`);
    expect(answer.body).toEqual({
      id: answer.body.id,
      username: 'ada',
      barcode: '',
      externalid: '',
      firstname: 'Ada',
      surname: 'Lovelace',
      email: 'ada@school.example',
      classgrade: '',
      room: '',
      role: 'STUDENT',
      status: 'ACTIVE',
      notes: [],
    });
    expect(await found('lovelace')).toEqual(['ada']);
  });

  test('keeps what a change leaves out', async () => {
    const { id } = await create({ username: 'keeper', firstname: 'K', room: 'R9', role: 'TEACHER' });
    const { body } = await request(server, 'PATCH', `/patrons/${id}`, {
      json: { surname: 'Eeper', room: '', status: 'INACTIVE' },
    });
    expect(body).toMatchObject({
      username: 'keeper',
      firstname: 'K',
      surname: 'Eeper',
      room: '',
      role: 'TEACHER',
      status: 'INACTIVE',
    });
  });

  test('needs a key, when it is made and afterwards', async () => {
    const nameless = await request(server, 'POST', '/patrons', { json: { firstname: 'No', username: '  ' } });
    expect([nameless.status, nameless.body.code]).toEqual([400, 'bad-request']);
    const { id } = await create({ username: 'last-key' });
    expect((await request(server, 'PATCH', `/patrons/${id}`, { json: { username: '' } })).status).toBe(400);
    const moved = await request(server, 'PATCH', `/patrons/${id}`, {
      json: { username: '', barcode: 'new' },
    });
    expect(moved.body).toMatchObject({ username: '', barcode: 'new' });
  });
});

describe('keys', () => {
  test('S4 a key of another patron is refused with 409 and the other one named', async () => {
    const clash = await request(server, 'POST', '/patrons', { json: { username: 'LUKASZ', barcode: 'b2' } });
    expect(clash.status).toBe(409);
    expect(clash.body.code).toBe('conflict');
    expect(clash.body.detail).toContain('username lukasz');
    expect(clash.body.detail).toContain('username zoe');
    expect(clash.body.clashes.map((one: { field: string }) => one.field)).toEqual(['username', 'barcode']);

    const { id } = await create({ username: 'clashing' });
    const change = await request(server, 'PATCH', `/patrons/${id}`, {
      json: { surname: 'Half', externalid: 'x1' },
    });
    expect(change.status).toBe(409);
    expect((await request(server, 'GET', `/patrons/${id}`)).body).toMatchObject({
      surname: '',
      externalid: '',
    });
  });

  test('S4 a patron may respell its own key', async () => {
    const { id } = await create({ username: 'respell' });
    const { body } = await request(server, 'PATCH', `/patrons/${id}`, { json: { username: 'ReSpell' } });
    expect(body.username).toBe('ReSpell');
  });

  test('S4 of two that are made at once with one key one is made', async () => {
    const both = await Promise.all(
      [1, 2].map(() => request(server, 'POST', '/patrons', { json: { username: 'at-once' } })),
    );
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409]);
  });
});

describe('e-mail', () => {
  const emails = async (id: number) =>
    (await request(server, 'GET', `/patrons/${id}/contacts`)).body.items as {
      contact: string;
      origin: string;
      primary: boolean;
    }[];

  test('S2 is the patron’s EMAIL contact: set, changed in place and cleared', async () => {
    const { id, email } = await create({ username: 'mail1', email: 'one@school.example' });
    expect(email).toBe('one@school.example');
    const [made] = await emails(id);
    expect(made).toMatchObject({ contact: email, origin: 'imported', primary: true });

    const changed = await request(server, 'PATCH', `/patrons/${id}`, {
      json: { email: 'two@school.example' },
    });
    expect(changed.body).toMatchObject({ email: 'two@school.example', notes: [] });
    expect(await emails(id)).toEqual([{ ...made, contact: 'two@school.example' }]);

    const cleared = await request(server, 'PATCH', `/patrons/${id}`, { json: { email: '' } });
    expect(cleared.body.email).toBe('');
    expect(await emails(id)).toEqual([]);
  });

  test('S2 a custom one stays and the answer says so', async () => {
    const { id } = await create({ username: 'mail2' });
    await request(server, 'POST', `/patrons/${id}/contacts`, {
      json: { type: 'EMAIL', contact: 'own@home.example' },
    });
    const { status, body } = await request(server, 'PATCH', `/patrons/${id}`, {
      json: { email: 'school@school.example', surname: 'Changed' },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      email: 'own@home.example',
      surname: 'Changed',
      notes: [{ code: 'email-custom-kept', column: 'email', value: 'school@school.example' }],
    });
    expect(body.notes[0].message).toContain('was kept');
  });

  test('S2 one that cannot be an address is refused and nothing of the change is kept', async () => {
    const { id } = await create({ username: 'mail3' });
    const { status, body } = await request(server, 'PATCH', `/patrons/${id}`, {
      json: { email: 'nonsense', surname: 'Half' },
    });
    expect([status, body.field]).toEqual([400, 'email']);
    expect((await request(server, 'GET', `/patrons/${id}`)).body.surname).toBe('');
  });

  test('I22 patrons without any e-mail are listed', async () => {
    const { id } = await create({ username: 'unreachable' });
    const { id: guarded } = await create({ username: 'guarded' });
    await request(server, 'POST', `/patrons/${guarded}/contacts`, {
      json: { type: 'EMAIL', role: 'GUARDIAN', contact: 'guardian@home.example' },
    });
    await request(server, 'POST', `/patrons/${id}/contacts`, { json: { type: 'PHONE', contact: '0123' } });
    const { items } = await search({ withoutEmail: 'true', pageSize: '500' });
    const names = items.map(({ username }) => username);
    expect(names).toContain('unreachable');
    expect(names).toContain('zoe');
    expect(names).not.toContain('guarded');
    expect(names).not.toContain('lukasz');
    expect((await search({ withoutEmail: 'true', q: 'lukasz' })).items).toEqual([]);
  });
});
