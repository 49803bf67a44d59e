import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAccount, adminPassword, basic, startServer, type TestServer } from '../support/server.ts';
import { rawRequest } from '../support/raw-http.ts';
import { stateOf } from '../support/webcheckout.ts';
import { filesIn, readFolderCases, type CaseFileText, type DeliveryStep } from './folders.ts';

const cases = readFolderCases();

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: { rateLimit: false } });
});
afterAll(() => server.close());

test('there are cases, each begins with the number of a reading and none is like another', () => {
  expect(cases.length).toBeGreaterThan(15);
  for (const { title, steps } of cases) {
    expect(title).toMatch(/^W\d+/);
    expect(steps.length).toBeGreaterThan(0);
  }
  expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
});

test.each(cases)('$title', async ({ folder, steps, state }) => {
  const tenant = await openTenant(folder);
  for (const step of steps) await deliver(tenant, folder, step);
  const store = await server.context.storage.tenant(tenant);
  expect(await stateOf(store.read, Date.now())).toEqual(state);
});

/** A tenant of its own with the campus in it: nothing is left of the case before. */
async function openTenant(tenant: string): Promise<string> {
  const { storage } = server.context;
  await storage.createTenant({ slug: tenant, name: tenant, zone: 'Europe/London' }, [hostOf(tenant)]);
  await addAccount(server, 'admin', adminPassword, ['administer'], tenant);
  for (const { name, bytes } of filesIn('campus')) {
    const { status, body } = await post(tenant, `kind=${name.replace('.csv', '')}`, 'text/csv', bytes);
    expect({ name, status, counts: body['counts'] }).toMatchObject({ status: 201, counts: { failed: 0 } });
  }
  return tenant;
}

async function deliver(tenant: string, folder: string, step: DeliveryStep): Promise<void> {
  const { type, body: form } = formOf(filesIn(folder, step.folder));
  const { status, body } = await post(tenant, 'kind=webcheckout', type, form);
  const refused = { status: 422, body: { code: 'file-refused' } };
  const applied = { status: 201, body: { state: 'applied' } };
  expect({ status, body }).toMatchObject(step.refused === true ? refused : applied);
  expect(body['counts'] ?? {}).toMatchObject(step.counts ?? {});
  for (const [file, rows] of Object.entries(step.rows ?? {})) {
    const query = `file=${encodeURIComponent(file)}&pageSize=200`;
    const report = await ask(tenant, 'GET', `/imports/${String(body['id'])}/rows?${query}`);
    const items = report.body['items'] as { row: number; outcome: string }[];
    expect(Object.fromEntries(items.map(({ row, outcome }) => [row, outcome]))).toEqual(rows);
  }
}

/** The files as parts of one form, as curl sends them. */
function formOf(files: readonly CaseFileText[]): { readonly type: string; readonly body: Buffer } {
  const boundary = '------------------------d74496d66958873e';
  const parts = files.flatMap(({ name, bytes }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ]);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

const hostOf = (tenant: string) => `${tenant}.example`;

function post(tenant: string, query: string, type: string, body: Buffer) {
  return ask(tenant, 'POST', `/imports?${query}`, type, body);
}

async function ask(tenant: string, method: string, path: string, type = '', body: Buffer = Buffer.alloc(0)) {
  const head = [
    `${method} /api/v1${path} HTTP/1.1`,
    `Host: ${hostOf(tenant)}`,
    `Authorization: ${basic('admin', adminPassword)}`,
    `Content-Length: ${body.length}`,
    ...(type === '' ? [] : [`Content-Type: ${type}`]),
  ];
  const text = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
  const answer = await rawRequest(server.port, text);
  return { status: answer.status, body: JSON.parse(answer.body) as Record<string, unknown> };
}
