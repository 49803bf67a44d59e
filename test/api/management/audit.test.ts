import { afterEach, beforeEach, expect, test } from 'vitest';
import { seedUsernames, startServer, type TestServer } from '../../support/server.ts';
import { postCsv } from './import-support.ts';
import { request } from './support.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

test('decisions about imports are listed with who took them, newest first and in pages', async () => {
  await seedUsernames(server, 'anna', 'ben');
  const mode = 'kind=contacts&mode=replaceAllPatrons';
  const first = await postCsv(server, mode, 'username,type,contact\nanna,PHONE,1\n');
  await request(server, 'POST', `/imports/${first.body.id}/approve`);
  const second = await postCsv(server, mode, 'username,type,contact\nben,PHONE,2\n');
  await request(server, 'POST', `/imports/${second.body.id}/discard`);
  const undo = await request(server, 'POST', `/imports/${first.body.id}/undo`);

  const { status, body } = await request(server, 'GET', '/audit');
  expect([status, body.total, body.page, body.pageSize]).toEqual([200, 3, 1, 50]);
  const by = { actor: 'admin', channel: 'api' };
  expect(body.items).toMatchObject([
    { ...by, action: 'import.undone', subject: `import ${first.body.id}`, detail: { by: undo.body.id } },
    { ...by, action: 'import.discarded', subject: `import ${second.body.id}` },
    { ...by, action: 'import.approved', subject: `import ${first.body.id}` },
  ]);
  expect(body.items[0].at).toBe(new Date(body.items[0].at).toISOString());

  const last = await request(server, 'GET', '/audit?page=3&pageSize=1');
  expect(last.body).toMatchObject({ total: 3, page: 3, pageSize: 1, items: [{ action: 'import.approved' }] });
});

test('a decision that is refused leaves no trace', async () => {
  const run = await seedUsernames(server, 'anna');
  for (const decision of ['approve', 'discard']) {
    expect((await request(server, 'POST', `/imports/${run.id}/${decision}`)).status).toBe(409);
  }
  expect((await request(server, 'GET', '/audit')).body).toMatchObject({ items: [], total: 0 });
});
