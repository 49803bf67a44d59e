import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedPatrons, startServer, type TestServer } from '../../support/server.ts';
import { addClient, call, dead, fsiPath, type FsiResult, type TestClient } from './support.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await startServer({ config: { rateLimit: false } });
  client = await addClient(server);
});
afterAll(() => server.close());

/**
 * The page's live tester: each of its six calls, with nothing filled in but credentials and the value of a key, and
 * what it logs taken over into the next call as it is (`data.d`).
 */
test('F18 the six calls of the page work as they stand', async () => {
  await seedPatrons(server, 'username,barcode,firstname,surname,role\nada,1001,Ada,Lovelace,STUDENT\n');
  const post = async (members: object) => {
    const response = await fetch(server.url + fsiPath, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(members),
    });
    return ((await response.json()) as { d: FsiResult }).d;
  };
  const code = await post({ action: 'getcode', apikey: client.key });
  const token = await post({ action: 'gettoken', code, apisecret: client.secret });
  expect(token.result).toBe(true);

  const ada = { itemindex: 1, barcode: '1001', username: 'ada', fullname: 'Ada Lovelace', role: 'STUDENT' };
  const search = { action: 'searchpatron', token, pagenumber: '1', pagecount: '50', keyword: '' };
  expect(await post(search)).toMatchObject({ result: true, item: [ada] });
  expect(await post({ action: 'getpatron', token, keyfield: 'barcode', keyvalue: '1001' })).toMatchObject({
    result: true,
    item: [ada],
  });
  const update = {
    action: 'setpatron',
    token,
    keyfield: 'barcode',
    allownew: false,
    itemindex: 1,
    role: 'STUDENT',
  };
  expect(await post({ ...update, barcode: '1001' })).toMatchObject({ result: true, item: [ada] });
  const renewed = await post({
    action: 'renewtoken',
    token,
    apisecret: client.secret,
    renewtoken: token.renewtoken,
  });
  expect(renewed).toMatchObject({ result: true, msg: '' });
  expect(await post({ ...search, token: renewed })).toMatchObject({ result: true });
  // Left blank, as the page shows them, they are refused in words and not in errors.
  for (const members of [
    { action: 'getcode', apikey: '' },
    { action: 'gettoken', code: '', apisecret: '' },
    { ...search, token: '' },
    { action: 'renewtoken', token: '', apisecret: '', renewtoken: '' },
  ]) {
    expect(await post(members)).toMatchObject({ result: false, msg: expect.stringMatching(/./) as string });
  }
});

/** A public client's sequence, which sends everything as forms and reads the bare answer. */
test('F18 a client that speaks in forms reads everybody in pages, creates, updates, and begins again', async () => {
  const tenant = 'forms';
  await server.context.storage.createTenant({ slug: tenant, name: 'Forms', zone: 'UTC' }, []);
  const pupils = Array.from({ length: 7 }, (_, index) => `pupil${index},9${index},STUDENT`);
  const staff = ['teacher,81,TEACHER', 'librarian,82,LIBRARIAN'];
  await seedPatrons(server, `username,barcode,role\n${[...pupils, ...staff].join('\n')}\n`, tenant);
  const { id, tenantId, key, secret } = await addClient(server, 'forms', tenant);
  const post = async (fields: Record<string, string>) => {
    const response = await fetch(server.url + fsiPath, { method: 'POST', body: new URLSearchParams(fields) });
    return (await response.json()) as FsiResult & { item: Record<string, unknown>[] };
  };
  const { code } = await post({ action: 'get_code', apikey: key });
  const { token } = await post({ action: 'get_token', code: code!, apisecret: secret });
  const condition = (fields: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, value], index) => [
        [`keyword[0][tokens][${index}][key]`, `findform_${name}`],
        [`keyword[0][tokens][${index}][value]`, value],
      ]),
    );
  const readAll = async (wanted: Record<string, string>) => {
    const found: unknown[] = [];
    for (let page = 1; ; page += 1) {
      const answer = await post({
        action: 'search_patron',
        token: token!,
        pagenumber: String(page),
        pagecount: '3',
        ...condition({ condition: 'AND', method: 'CONTAIN', type: 'String', ...wanted }),
      });
      expect(answer.result).toBe(true);
      if (answer.item.length === 0) return found;
      found.push(...answer.item.map(({ username }) => username));
    }
  };
  expect(await readAll({ key: 'ALL', value: '' })).toHaveLength(9);
  expect(await readAll({ key: 'role', value: 'Staff' })).toEqual(['teacher', 'librarian']);
  expect(await readAll({ key: 'username', value: 'pupil' })).toHaveLength(7);

  const set = (fields: Record<string, string>) =>
    post({ action: 'set_patron', token: token!, itemindex: '1', ...fields });
  const created = await set({ keyfield: 'username', username: 'new', firstname: 'Nora', allownew: 'True' });
  expect(created).toMatchObject({ result: true, item: [{ itemindex: 1, username: 'new', role: 'STUDENT' }] });
  const updated = await set({ keyfield: 'username', username: 'NEW', room: 'B2', allownew: 'False' });
  expect(updated).toMatchObject({ result: true, item: [{ firstname: 'Nora', room: 'B2' }] });

  await server.context.storage.clients.revoke(tenantId, id, Date.now());
  for (const action of ['search_patron', 'get_patron', 'set_patron']) {
    expect(await post({ action, token: token! })).toEqual({ result: false, msg: dead, item: [] });
  }
});

test('F7 one address serves two tenants by their keys, and neither reads or writes the other', async () => {
  const slugs = ['east', 'west'];
  const tokens = new Map<string, string>();
  for (const slug of slugs) {
    await server.context.storage.createTenant({ slug, name: slug, zone: 'UTC' }, []);
    await seedPatrons(server, `username,firstname\nsame,${slug}\n`, slug);
    const { key, secret } = await addClient(server, 'sync', slug);
    const { code } = await call(server, { action: 'getcode', apikey: key });
    const { token } = await call(server, { action: 'gettoken', code, apisecret: secret });
    tokens.set(slug, token!);
  }
  for (const slug of slugs) {
    const token = tokens.get(slug);
    const { item } = await call(server, { action: 'searchpatron', token });
    expect(item).toMatchObject([{ username: 'same', firstname: slug }]);
    const set = { action: 'setpatron', token, keyfield: 'username', username: 'same', room: `room ${slug}` };
    expect((await call(server, set)).result).toBe(true);
  }
  for (const slug of slugs) {
    const { read } = await server.context.storage.tenant(slug);
    expect((await read.patrons.findByKey('username', 'same'))?.room).toBe(`room ${slug}`);
    expect(await read.patrons.count()).toBe(1);
  }
});
