import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contactAddition, contactChange } from '../../src/directory/edit-contacts.ts';
import { editByHand } from '../../src/directory/hand-edits.ts';
import type { NewContactValues } from '../../src/domain/contact/edit-contact.ts';
import { contactsOf, storedContacts } from '../support/contacts-of.ts';
import { filePart } from '../support/multipart.ts';
import { postForm } from '../support/post-form.ts';
import { rawRequest } from '../support/raw-http.ts';
import {
  addAccount,
  adminAuthorization,
  adminPassword,
  basic,
  replaceMode,
  seedPatrons,
  startServer,
  type TestServer,
} from '../support/server.ts';
import { FsiScript } from './fsi-script.ts';
import {
  fileOf,
  readCaseFiles,
  type ByHandStep,
  type ImportStep,
  type RequestStep,
  type Step,
} from './cases.ts';

const files = readCaseFiles();

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: { rateLimit: false } });
});
afterAll(() => server.close());

test('there are cases, and each begins with the number of a reading', () => {
  const cases = files.flatMap((file) => file.cases);
  expect(cases.length).toBeGreaterThan(20);
  for (const { title, steps } of cases) {
    expect(title).toMatch(/^[SIFWM]\d+/);
    expect(steps.length).toBeGreaterThan(0);
  }
  expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
});

describe.each(files)('$path', ({ cases }) => {
  test.each(cases)('$title', async ({ patrons, steps, contacts = {} }) => {
    const tenant = await runSteps(patrons, steps);
    for (const [username, expected] of Object.entries(contacts)) {
      expect({ [username]: await contactsOf(server, username, tenant) }).toEqual({ [username]: expected });
    }
  });
});

let tenants = 0;

/** Does the steps, holding each to its answer, in a tenant of their own: nothing is left of the case before. */
async function runSteps(patrons: readonly string[], steps: readonly Step[]): Promise<string> {
  const tenant = `case${++tenants}`;
  const host = `${tenant}.example`;
  await server.context.storage.createTenant({ slug: tenant, name: tenant, zone: 'Europe/London' }, [host]);
  await addAccount(server, 'admin', adminPassword, ['administer'], tenant);
  await addAccount(server, 'viewer', adminPassword, ['view'], tenant);
  await seedPatrons(server, patrons.map((line) => `${line}\n`).join(''), tenant);
  const fsi = await FsiScript.open(server, tenant, host);
  for (const step of steps) {
    if ('call' in step) await fsi.call(step);
    else if ('client' in step) await fsi.revoke();
    else if ('import' in step) await runImportStep(step, host);
    else if ('request' in step) await runRequestStep(step, host);
    else await runByHandStep(step, tenant);
  }
  return tenant;
}

async function runImportStep(step: ImportStep, host: string): Promise<void> {
  const { status = 200, success, summary, summaryNames = [], details } = step.answer;
  const answer = await postForm(server, [filePart(fileOf(step.import))], {
    path: `/api/import/userContacts/${step.import.mode ?? replaceMode}`,
    headers: { Host: host },
  });
  expect(answer.status).toBe(status);
  expect(answer.body.success).toBe(success);
  if (summary !== undefined) expect(answer.body.summary).toBe(summary);
  for (const name of summaryNames) expect(answer.body.summary).toContain(name);
  const outcomes = Object.entries(answer.body.details ?? {}).map(
    ([row, text]) => [row, /^\w+/.exec(text)?.[0]] as const,
  );
  expect(answer.body.details === undefined ? undefined : Object.fromEntries(outcomes)).toEqual(details);
}

const authorizations: Readonly<Record<RequestStep['request']['as'], string | undefined>> = {
  administrator: adminAuthorization,
  viewer: basic('viewer', adminPassword),
  stranger: basic('admin', 'not the password'),
  nobody: undefined,
};

async function runRequestStep({ request, answer }: RequestStep, host: string): Promise<void> {
  const { method, path, as, type, body = '' } = request;
  const authorization = authorizations[as];
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
  ];
  const given = await rawRequest(server.port, `${head.join('\r\n')}\r\n\r\n${body}`);
  expect(given.status).toBe(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) expect(given.headers[name]).toBe(value);
  const said = JSON.parse(given.body) as { success: boolean; summary: string };
  if (answer.body !== undefined) expect(said).toEqual(answer.body);
  if (answer.success !== undefined) expect(said.success).toBe(answer.success);
  for (const name of answer.summaryNames ?? []) expect(said.summary).toContain(name);
}

async function runByHandStep({ byHand }: ByHandStep, tenant: string): Promise<void> {
  const { patron: username, add, contact: text, change } = byHand;
  const hand = { actor: { name: 'librarian', channel: 'api' }, clock: server.context.clock } as const;
  const store = await server.context.storage.tenant(tenant);
  const who = `username:${username}`;
  if (add) {
    await editByHand(store, contactAddition(who, add as unknown as NewContactValues), hand);
    return;
  }
  const contact = (await storedContacts(server, username, tenant)).find((one) => one.contact === text);
  if (!contact) throw new Error(`${username} has no contact ${text}`);
  await editByHand(store, contactChange(who, contact.id, change ?? {}), hand);
}
