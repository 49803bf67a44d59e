import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { postHead, rawRequest } from '../support/raw-http.ts';
import { adminAuthorization, adminPassword, basic, postContacts } from '../support/server.ts';

/** Words that stand nowhere else: whatever is personal or secret below begins with one. */
let planted = 0;
const canary = () => `kanarek${++planted}x`;

async function send(server: ProcessServer, path: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(`${server.url}${path}`, {
    ...init,
    headers: { authorization: adminAuthorization, 'x-note': canary(), cookie: canary(), ...init.headers },
  });
  await response.text().catch(() => undefined);
  return response.status;
}

const json = (body: unknown, method = 'POST'): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

function file(text: string): RequestInit {
  const form = new FormData();
  form.append(canary(), canary());
  form.append(canary(), new Blob([text]), `${canary()}.csv`);
  return { method: 'POST', body: form };
}

async function importFiles(server: ProcessServer): Promise<void> {
  const username = canary();
  const patrons = `username,firstname,surname,email,room,role,${canary()}\n${username},${canary()},${canary()},${canary()}@example.org,${canary()},STUDENT,${canary()}\n${canary()},,,${canary()},,${canary()},\n`;
  const statuses = [await send(server, '/api/v1/imports?kind=patrons', file(patrons))];
  expect(statuses).toEqual([201]);
  const contacts = `username,type,contact,addressee,scenarios\n${username},EMAIL,${canary()}@example.org,${canary()},ANY\n${username},PHONE,${canary()},,${canary()}\n${canary()},EMAIL,${canary()},,\n${username},${canary()},${canary()},,\n`;
  const answer = await postContacts(server, contacts);
  expect(answer.body).toMatchObject({ success: false, details: { 2: expect.stringMatching(/^created/) } });
  // Refused whole: a header that repeats itself, a file that ends inside a cell, a mode nobody knows.
  const name = canary();
  expect((await postContacts(server, `username,type,contact,${name},${name}\n`)).status).toBeLessThan(500);
  expect((await postContacts(server, `username,type,contact\na,EMAIL,"${canary()}`)).status).toBe(400);
  expect((await postContacts(server, 'x', canary())).status).toBe(404);
}

async function signInWrongly(server: ProcessServer): Promise<void> {
  for (const credentials of [basic(canary(), canary()), basic('admin', canary()), `Basic ${canary()}`]) {
    const { status } = await postContacts(server, canary(), undefined, credentials);
    expect(status).toBe(401);
  }
}

async function useTheApi(server: ProcessServer): Promise<void> {
  const patron = {
    username: canary(),
    firstname: canary(),
    surname: canary(),
    email: `${canary()}@example.org`,
  };
  expect(await send(server, '/api/v1/patrons', json(patron))).toBe(201);
  expect(await send(server, '/api/v1/patrons', json(patron))).toBe(409);
  expect(await send(server, '/api/v1/patrons', json({ [canary()]: canary() }))).toBeLessThan(500);
  const half = `{"${canary()}":`;
  expect(await send(server, '/api/v1/patrons', { ...json({}), body: half })).toBe(400);
  expect(await send(server, `/api/v1/patrons?q=${canary()}&${canary()}=${canary()}`)).toBeLessThan(500);
  expect(await send(server, `/api/v1/patrons/${canary()}`)).toBeLessThan(500);
  const account = { username: canary(), password: `${canary()} and more words`, capabilities: ['view'] };
  expect(await send(server, '/api/v1/accounts', json(account))).toBe(201);
  expect(await send(server, `/${canary()}/%zz${canary()}?${canary()}`)).toBe(400);
  expect(await send(server, `/${canary()}`)).toBe(404);
}

/** Speaks FSI's patron API, rightly and wrongly; gives all that is secret of it. */
async function speakFsi(server: ProcessServer): Promise<string[]> {
  const path = '/services/SSLIB_SER_PATRON_API.asmx/patron';
  const made = await fetch(`${server.url}/api/v1/api-clients`, {
    ...json({ name: canary() }),
    headers: { authorization: adminAuthorization, 'content-type': 'application/json' },
  });
  const { key, secret } = (await made.json()) as { key: string; secret: string };
  const call = async (members: object) => {
    const response = await fetch(`${server.url}${path}`, json(members));
    return ((await response.json()) as { d: Record<string, string> }).d;
  };
  const { code } = await call({ action: 'getcode', apikey: key });
  const { token, renewtoken } = await call({ action: 'gettoken', code, apisecret: secret });
  const patron = {
    username: canary(),
    firstname: canary(),
    email: `${canary()}@example.org`,
    room: canary(),
  };
  const set = { action: 'setpatron', token, keyfield: 'username', allownew: true, ...patron };
  expect(await call(set)).toMatchObject({ result: true });
  expect(await call({ ...set, role: canary() })).toMatchObject({ result: false });
  expect(await call({ action: 'searchpatron', token, keyword: canary() })).toMatchObject({ result: true });
  for (const members of [
    { action: canary(), token },
    { action: 'getcode', apikey: canary() },
    { action: 'gettoken', code: canary(), apisecret: canary() },
    { action: 'getpatron', token: canary(), keyfield: canary(), keyvalue: canary() },
    { action: 'renewtoken', token, apisecret: canary(), renewtoken },
  ]) {
    expect(await call(members)).toMatchObject({ result: false });
  }
  const half = `{"apikey":"${key}","x":"${canary()}`;
  expect(await send(server, `${path.toUpperCase()}?apikey=${canary()}`, { ...json({}), body: half })).toBe(
    400,
  );
  expect(await send(server, `${path}?${canary()}`, { headers: { 'content-type': canary() } })).toBe(400);
  const renewed = await call({ action: 'renewtoken', token, apisecret: secret, renewtoken });
  return [key, secret, code!, token!, renewtoken!, renewed['token']!, renewed['renewtoken']!];
}

async function breakOff(server: ProcessServer): Promise<void> {
  const socket = connect(server.port, '127.0.0.1');
  const head = postHead({
    Authorization: adminAuthorization,
    'Content-Type': `multipart/form-data; boundary=${canary()}`,
    'Content-Length': 100_000,
  });
  socket.write(
    `${head}--kanarek${planted}x\r\nContent-Disposition: form-data; name="f"; filename="${canary()}"\r\n\r\n${canary()}`,
  );
  await once(socket, 'connect');
  socket.destroy();
  await rawRequest(server.port, `${canary()} ${canary()}\r\n\r\n`);
  await rawRequest(server.port, `GET /${canary()} HTTP/1.1\r\nHost: a\r\n${canary()}\r\n\r\n`);
}

async function meetBugs(server: ProcessServer): Promise<void> {
  for (const bug of ['throw', 'reject', 'no-error', 'sql']) {
    expect(await send(server, `/planted/${bug}`, json({ name: canary() })), bug).toBe(500);
  }
  for (const bug of ['stream', 'twice', 'late']) {
    await send(server, `/planted/${bug}`, json({ name: canary() })).catch(() => undefined);
  }
}

test('whatever happens, nothing personal or secret reaches the log, the output or the metrics', async () => {
  await using server = await startProcess({
    env: {
      MUSTER_LOG_LEVEL: 'trace',
      NODE_OPTIONS: `--import ${new URL('../support/planted-bugs.ts', import.meta.url).href}`,
    },
  });
  await importFiles(server);
  await signInWrongly(server);
  await useTheApi(server);
  const secrets = await speakFsi(server);
  await breakOff(server);
  await meetBugs(server);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(await server.kill('SIGTERM')).toBe(0);

  const said = server.output();
  // It did speak of all that happened.
  for (const text of [
    'import finished',
    'import failed',
    'sign-in refused',
    'request answered',
    'malformed',
  ]) {
    expect(said).toContain(text);
  }
  expect(said.match(/"level":50/g)?.length).toBeGreaterThanOrEqual(4);
  expect(planted).toBeGreaterThan(60);
  for (const text of [said, metrics]) {
    expect(text.toLowerCase()).not.toContain('kanarek');
    expect(text).not.toContain(Buffer.from('kanarek').toString('base64').slice(0, 8));
    expect(text).not.toContain(adminPassword);
    for (const secret of secrets) expect(text).not.toContain(secret.slice(3));
    expect(text).not.toContain(adminAuthorization.slice(6));
  }
});
