import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawRequest } from '../../support/raw-http.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { addClient, call, fsiPath, type TestClient } from './support.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await startServer({ config: { rateLimit: false }, limits: { jsonBodyBytesMax: 128 * 1024 } });
  client = await addClient(server);
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly jsonError: string | null;
  readonly text: string;
}

async function send(init: RequestInit, path = fsiPath): Promise<Answer> {
  const response = await fetch(server.url + path, { method: 'POST', ...init });
  const { status, headers } = response;
  return {
    status,
    type: headers.get('content-type'),
    jsonError: headers.get('jsonerror'),
    text: await response.text(),
  };
}

const sendJson = (body: string, type = 'application/json', path = fsiPath) =>
  send({ body, headers: { 'content-type': type } }, path);
const codeAnswer = { result: true, msg: '', code: expect.stringMatching(/^mc_/) as string };
const getCode = () => JSON.stringify({ action: 'getcode', apikey: client.key });

/** What a framework error comes as: with ASMX's header and body, and no stack. */
const frameworkError = (status = 400) => ({
  status,
  jsonError: 'true',
  type: 'application/json; charset=utf-8',
  body: {
    Message: expect.stringMatching(/^[A-Z].*\.$/) as string,
    StackTrace: '',
    ExceptionType: expect.stringMatching(/^System\.\w+$/) as string,
  },
});
const parsed = ({ text, ...answer }: Answer) => ({ ...answer, body: JSON.parse(text) as unknown });

describe('bodies and answers', () => {
  test('F1 JSON, with a charset or without, is answered within d', async () => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'Application/JSON;charset="UTF-8"',
    ]) {
      const answer = await sendJson(getCode(), type);
      expect(answer).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' });
      expect(JSON.parse(answer.text)).toEqual({ d: codeAnswer });
    }
  });

  test('F1 a form, urlencoded or multipart, is answered bare, by the same answer', async () => {
    const members = { action: 'getcode', apikey: client.key };
    const multipart = new FormData();
    for (const [name, value] of Object.entries(members)) multipart.append(name, value);
    multipart.append('ignored', new Blob(['a file']), 'a.txt');
    for (const body of [new URLSearchParams(members), multipart]) {
      const answer = await send({ body });
      expect(answer).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' });
      expect(JSON.parse(answer.text)).toEqual(codeAnswer);
    }
  });

  test('F1 a multipart form as .NET shapes it, names without quotes, is read alike', async () => {
    const part = (name: string, value: string) =>
      `--x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=${name}\r\n\r\n${value}\r\n`;
    const body = `${part('action', 'get_code')}${part('apikey', client.key)}--x--\r\n`;
    const answer = await sendJson(body, 'multipart/form-data; boundary="x"');
    expect(JSON.parse(answer.text)).toEqual(codeAnswer);
  });

  test('F1 the address is found in any case, with a query or without', async () => {
    for (const path of [
      fsiPath.toLowerCase(),
      fsiPath.toUpperCase(),
      '/Services/sslib_ser_patron_api.ASMX/Patron',
      `${fsiPath}?x=1`,
      `${fsiPath.toUpperCase()}?X=1`,
    ]) {
      expect(JSON.parse((await sendJson(getCode(), undefined, path)).text)).toEqual({ d: codeAnswer });
    }
    for (const path of [`${fsiPath}s`, `${fsiPath}/x`, '/services/SSLIB_SER_PATRON_API.asmx']) {
      expect((await sendJson(getCode(), undefined, path)).status).toBe(404);
    }
  });

  test('F1 a mark of the byte order, and other charsets that the type names, are read', async () => {
    expect(JSON.parse((await sendJson(`\ufeff${getCode()}`)).text)).toEqual({ d: codeAnswer });
    const utf16 = new Blob([Buffer.from(getCode(), 'utf16le')]);
    const answer = await send({
      body: utf16,
      headers: { 'content-type': 'application/json; charset=utf-16' },
    });
    expect(JSON.parse(answer.text)).toEqual({ d: codeAnswer });
  });

  test('F2 what goes wrong in an action is 200 with result false and a sentence', async () => {
    const answer = await sendJson('{"action":"getcode","apikey":"nobody’s"}');
    expect(answer).toMatchObject({ status: 200, jsonError: null });
    expect(JSON.parse(answer.text)).toEqual({ d: { result: false, msg: 'The API key is not valid.' } });
  });

  test('F2 a tenant may have d as a text, for scripts that parse it', async () => {
    await server.context.storage.createTenant({ slug: 'text', name: 'Text', zone: 'UTC' }, []);
    const ofText = await addClient(server, 'nightly', 'text');
    const store = await server.context.storage.tenant('text');
    await store.transact((tx) => tx.settings.save({ fsiAnswerAsText: true }));
    const { text } = await sendJson(JSON.stringify({ action: 'getcode', apikey: ofText.key }));
    const { d } = JSON.parse(text) as { d: string };
    expect(JSON.parse(d)).toEqual(codeAnswer);
    // Forms have no d, and other tenants have theirs as before.
    const form = await send({ body: new URLSearchParams({ action: 'getcode', apikey: ofText.key }) });
    expect(JSON.parse(form.text)).toEqual(codeAnswer);
    expect(JSON.parse((await sendJson(getCode())).text)).toEqual({ d: codeAnswer });
  });

  test('F3 actions in any spelling, and an unknown one is answered result false', async () => {
    for (const action of ['get_code', 'GetCode', 'GET_CODE']) {
      expect(await call(server, { action, apikey: client.key })).toEqual(codeAnswer);
    }
    for (const action of ['delete_patron', '', null, undefined, 5, ['getcode'], 'toString', '__proto__']) {
      expect(await call(server, { action, apikey: client.key })).toEqual({
        result: false,
        msg: 'Unknown action.',
      });
    }
  });

  test('F3 members that are missing, unknown or of another type are no error of the request', async () => {
    for (const members of [
      { action: 'getcode' },
      { action: 'getcode', apikey: { a: [1] }, more: { x: [null, 1e308] } },
      { action: 'gettoken', code: 5, apisecret: false },
      { action: 'gettoken', code: [], apisecret: null, constructor: 1 },
      { action: 'renewtoken', token: {}, renewtoken: [[]] },
    ]) {
      expect(await call(server, members)).toMatchObject({ result: false, msg: expect.any(String) as string });
    }
  });
});

describe('what is no call at all', () => {
  const deep = (levels: number) => `{"action":"getcode","x":${'['.repeat(levels)}${']'.repeat(levels)}}`;

  test.each([
    ['half an object', '{"action":'],
    ['no object', '["getcode"]'],
    ['a text', '"getcode"'],
    ['null', 'null'],
    ['nothing', ''],
    ['a form', 'action=getcode'],
    ['JSON a thousand deep', deep(1_000)],
    ['JSON thirty thousand deep', deep(30_000)],
    ['bytes that are no UTF-8', '\u00ff'],
  ])('F17 %s under a JSON type has ASMX’s body and header', async (what, text) => {
    const body = what.startsWith('bytes') ? new Blob([Buffer.from([0x7b, 0xff, 0x7d])]) : text;
    expect(parsed(await send({ body, headers: { 'content-type': 'application/json' } }))).toEqual(
      frameworkError(),
    );
  });

  test('F17 JSON that is nested as deep as anybody needs is taken', async () => {
    expect(JSON.parse((await sendJson(deep(90))).text)).toMatchObject({ d: { result: false } });
  });

  test.each([['text/plain'], ['text/xml; charset=utf-8'], ['application/jsonx'], ['nonsense'], [';']])(
    'F17 the content type %s is refused likewise',
    async (type) => {
      expect(parsed(await sendJson(getCode(), type))).toEqual(frameworkError());
    },
  );

  test('F17 no content type, an unknown charset, a body in gzip', async () => {
    const raw = await rawRequest(
      server.port,
      `POST ${fsiPath} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`,
    );
    expect([raw.status, raw.headers['jsonerror']]).toEqual([400, 'true']);
    expect(parsed(await sendJson(getCode(), 'application/json; charset=klingon'))).toEqual(frameworkError());
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(parsed(await send({ body: getCode(), headers }))).toEqual(frameworkError());
  });

  test('F17 a form whose letters are not of the charset it says is refused, and none is replaced', async () => {
    const form = 'application/x-www-form-urlencoded';
    for (const [body, type] of [
      ['action=getcode&apikey=%FC', form],
      ['action=getcode&apikey=%C3', `${form}; charset=utf-8`],
    ] as const) {
      expect(parsed(await sendJson(body, type))).toEqual(frameworkError());
    }
    const part = (value: Buffer) =>
      Buffer.concat([
        Buffer.from('--x\r\nContent-Disposition: form-data; name="action"\r\n\r\n'),
        value,
        Buffer.from('\r\n--x--\r\n'),
      ]);
    const multipart = (value: Buffer) =>
      send({ body: new Blob([part(value)]), headers: { 'content-type': 'multipart/form-data; boundary=x' } });
    expect(parsed(await multipart(Buffer.from([0xfc])))).toEqual(frameworkError());
    expect((await multipart(Buffer.from('ü\ufffd'))).status).toBe(200);
    // In the charset that is named, they are read.
    const named = await sendJson('action=getcode&apikey=%FC', `${form}; charset=iso-8859-1`);
    expect(JSON.parse(named.text)).toMatchObject({ msg: 'The API key is not valid.' });
  });

  test('F1 a form with escapes that are none, blanks as plus, and names without a value is read', async () => {
    const type = 'application/x-www-form-urlencoded';
    const body = `&&x&=y&100%=%zz&+action+=ignored&action=get%5Fcode&apikey=${client.key}&`;
    expect(JSON.parse((await sendJson(body, type)).text)).toEqual(codeAnswer);
  });

  test('F17 a multipart form that is cut off, or names no boundary', async () => {
    expect(parsed(await sendJson('--x\r\nContent-Dis', 'multipart/form-data; boundary=x'))).toEqual(
      frameworkError(),
    );
    expect(parsed(await sendJson('--x--', 'multipart/form-data'))).toEqual(frameworkError());
  });

  test('F17 a form with a field a thousand deep, or with too many', async () => {
    const part = '--x\r\nContent-Disposition:form-data;name=f;filename=a\r\n\r\n\r\n';
    const parts = await sendJson(`${part.repeat(2_001)}--x--`, 'multipart/form-data; boundary=x');
    expect(parsed(parts)).toEqual(frameworkError());
    const type = 'application/x-www-form-urlencoded';
    expect(parsed(await sendJson(`action=getcode&a${'[b]'.repeat(1_000)}=1`, type))).toEqual(
      frameworkError(),
    );
    expect(parsed(await sendJson('a=1&'.repeat(3_000), type))).toEqual(frameworkError());
  });

  test('F17 GET with a JSON type, and every other method', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await send({ method, headers: { 'content-type': 'application/json' } });
      expect(parsed(answer)).toEqual(frameworkError());
      expect(answer.text).toContain('POST');
    }
  });

  test('F17 a body over the limit is 413 with the same body and header', async () => {
    const body = JSON.stringify({ action: 'getcode', apikey: 'k'.repeat(140_000) });
    expect(parsed(await sendJson(body))).toEqual(frameworkError(413));
    expect(parsed(await send({ body: new URLSearchParams({ action: 'k'.repeat(140_000) }) }))).toEqual(
      frameworkError(413),
    );
  });

  test('F17 two Host headers leave it open which tenant is meant', async () => {
    const body = getCode();
    const head = `POST ${fsiPath} HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    const answer = await rawRequest(server.port, head + body);
    expect([answer.status, answer.headers['jsonerror']]).toEqual([400, 'true']);
    expect(JSON.parse(answer.body)).toMatchObject({ StackTrace: '' });
  });

  test('F17 a fault of our own is told without its inside', async () => {
    const { sessions } = server.context.storage;
    const find = sessions.find.bind(sessions);
    sessions.find = () => Promise.reject(new Error('select secret from table'));
    try {
      const answer = await sendJson('{"action":"renewtoken","token":"x"}');
      expect(parsed(answer)).toEqual(frameworkError(500));
      expect(answer.text).not.toMatch(/select|\.ts|at /);
    } finally {
      sessions.find = find;
    }
  });
});
