import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedPatrons, startServer, type TestServer } from '../../support/server.ts';
import { addClient, fsiPath, getTokens, type FsiResult } from './support.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startServer({ config: { rateLimit: false } });
  ({ token } = await getTokens(server, await addClient(server)));
  const twins = 'twin1,5001,Twin,One,twin@school.example\ntwin2,5002,Twin,One,\n';
  await seedPatrons(server, `username,barcode,firstname,surname,email\nada,1001,Ada,Lovelace,\n${twins}`);
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly d: FsiResult & { readonly item?: readonly Record<string, unknown>[] };
}

async function ask(members: object): Promise<Answer> {
  const response = await fetch(server.url + fsiPath, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(members),
  });
  const text = await response.text();
  return { status: response.status, text, d: (JSON.parse(text) as { d: Answer['d'] }).d };
}

const withToken = (members: object) => ask({ token, ...members });
const refusal = { result: false, msg: expect.stringMatching(/./) as string, item: [] };

describe('over the wire', () => {
  test('F10 pages that make no sense are as good as none, and keywords of any letters are looked for', async () => {
    for (const page of [0, -1, 1e9, 'abc', '', null, {}, [], 1.5, '9'.repeat(400)]) {
      const { status, d } = await withToken({ action: 'searchpatron', pagecount: page });
      expect([page, status, d.result]).toEqual([page, 200, true]);
      expect((await withToken({ action: 'searchpatron', pagenumber: page })).d.result).toBe(true);
    }
    for (const keyword of [
      '%',
      '_',
      `'`,
      '"',
      '\\',
      'a\u0301',
      '😀',
      '--',
      '*',
      'a OR b',
      '\u0000',
      '\ud800',
    ]) {
      const { status, d } = await withToken({ action: 'searchpatron', keyword });
      expect([keyword, status, d.result]).toEqual([keyword, 200, true]);
    }
    const long = await withToken({ action: 'searchpatron', keyword: 'x'.repeat(10_000) });
    expect([long.status, typeof long.d.result]).toEqual([200, 'boolean']);
  });

  test('F12 values that match several, nobody, or are none', async () => {
    for (const members of [
      { keyfield: 'fullname', keyvalue: 'twin one' },
      { keyfield: 'barcode', keyvalue: '' },
      { keyfield: 'barcode', keyvalue: 'x'.repeat(10_000) },
      { keyfield: 'barcode', keyvalue: { a: 1 } },
      { keyfield: 'password', keyvalue: 'ada' },
      { keyfield: ['barcode'], keyvalue: '1001' },
      {},
    ]) {
      const { status, d } = await withToken({ action: 'getpatron', ...members });
      expect([members, status, d]).toEqual([members, 200, refusal]);
    }
  });

  test('F15 two creations of one key at once make one patron, and both are answered by it', async () => {
    const members = { action: 'setpatron', keyfield: 'username', username: 'race', allownew: true };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => withToken({ ...members, room: `R${index}` })),
    );
    for (const { d } of answers) expect(d).toMatchObject({ result: true, item: [{ username: 'race' }] });
    const { d } = await withToken({ action: 'searchpatron', keyword: 'race' });
    expect(d.item).toHaveLength(1);
  });

  test('S4 a key that is another patron’s is refused and names whose it is', async () => {
    const { status, d } = await withToken({
      action: 'setpatron',
      keyfield: 'username',
      username: 'ada',
      barcode: '5001',
    });
    expect([status, d]).toEqual([200, refusal]);
    expect(d.msg).toContain('twin1');
  });
});

/** Values as a script that has gone wrong would send them. */
const anything = fc.oneof(
  fc.constantFrom('', 'ada', '1001', 'barcode', 'username', 'email', 'fullname', 'true', 'STUDENT', null),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double(),
  fc.boolean(),
  fc.jsonValue({ maxDepth: 4 }),
);
const names = [
  'keyfield',
  'keyvalue',
  'keyword',
  'pagenumber',
  'pagecount',
  'allownew',
  'itemindex',
  'index',
  'barcode',
  'username',
  'externalid',
  'firstname',
  'surname',
  'email',
  'classgrade',
  'room',
  'role',
  'code',
  'apikey',
  'apisecret',
  'renewtoken',
] as const;
const actions = ['getcode', 'gettoken', 'renewtoken', 'searchpatron', 'getpatron', 'setpatron'];

test('F2 whatever is sent is answered, never by an error of the server and never by its inside', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...actions),
      fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 8 }),
      async (action, members) => {
        const { status, text, d } = await withToken({ ...members, action });
        expect(status).toBe(200);
        expect(typeof d.result).toBe('boolean');
        expect(typeof d.msg).toBe('string');
        expect(d.result || d.msg !== '').toBe(true);
        expect(text).not.toMatch(/\.ts:|node:|SQLITE|syntax error/);
      },
    ),
    { numRuns: 300 },
  );
});
