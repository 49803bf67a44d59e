import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  keepCustomMode,
  postContacts,
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

interface Item {
  readonly at: string;
  readonly actor: string | null;
  readonly channel: string | null;
  readonly runId: number | null;
  readonly entity: string;
  readonly action: string;
  readonly contactId: number | null;
  readonly changes: { field: string; before: unknown; after: unknown }[];
}

async function historyOf(patron: string, query = '') {
  const { status, body } = await request(server, 'GET', `/patrons/${patron}/history${query}`);
  expect(status).toBe(200);
  return body as { items: Item[]; total: number; page: number; pageSize: number };
}

const happened = (items: readonly Item[]) => items.map(({ entity, action }) => `${entity} ${action}`);

test('tells newest first what came with imports, by hand, and what each field said before', async () => {
  const made = await seedPatrons(server, 'username,firstname,surname\nhist,Ada,Byron\n');
  await postContacts(server, 'username,type,contact\nhist,EMAIL,ada@x.example\n', keepCustomMode);
  const renamed = await seedPatrons(server, 'username,surname\nhist,Lovelace\n');
  const [contact] = (await request(server, 'GET', '/patrons/hist/contacts')).body.items;
  await request(server, 'PATCH', `/patrons/hist/contacts/${contact.id}`, {
    json: { scenarios: ['OVERDUE'] },
  });
  await request(server, 'POST', '/patrons/hist/contacts', { json: { type: 'PHONE', contact: '0123' } });
  await request(server, 'DELETE', `/patrons/hist/contacts/${contact.id}`);
  await request(server, 'PATCH', '/patrons/hist', { json: { status: 'INACTIVE' } });

  const { items, total } = await historyOf('hist');
  expect(total).toBe(7);
  expect(happened(items)).toEqual([
    'patron inactivated',
    'contact removed',
    'contact created',
    'contact updated',
    'patron updated',
    'contact created',
    'patron created',
  ]);
  const times = items.map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(items.every(({ at }) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(at))).toBe(true);

  const [inactivated, removed, added, updated, surname, imported, created] = items;
  expect(inactivated).toMatchObject({
    actor: 'admin',
    channel: 'api',
    runId: null,
    changes: [{ field: 'status', before: 'ACTIVE', after: 'INACTIVE' }],
  });
  expect(removed!.changes).toContainEqual({ field: 'contact', before: 'ada@x.example', after: null });
  expect(added).toMatchObject({ channel: 'api', runId: null });
  expect(updated!.changes).toEqual([
    { field: 'origin', before: 'imported', after: 'custom' },
    { field: 'scenarios', before: ['ANY'], after: ['OVERDUE'] },
  ]);
  expect(surname).toMatchObject({
    actor: 'seed',
    channel: 'cli',
    runId: renamed.id,
    changes: [{ field: 'surname', before: 'Byron', after: 'Lovelace' }],
  });
  // What an import created is told as it was then, not as it is now.
  expect(imported).toMatchObject({ actor: 'admin', channel: 'infiniti', contactId: contact.id });
  expect(imported!.changes).toContainEqual({ field: 'scenarios', before: null, after: ['ANY'] });
  expect(created).toMatchObject({ actor: 'seed', runId: made.id });
  expect(created!.changes).toContainEqual({ field: 'surname', before: null, after: 'Byron' });
});

test('says why a value is there, and comes in pages', async () => {
  await seedPatrons(server, 'username,room\nwhy,R1\n');
  await request(server, 'PATCH', '/patrons/why', { json: { room: 'R2' } });
  await request(server, 'PATCH', '/patrons/why', { json: { surname: 'Why' } });
  const rooms = await historyOf('why', '?field=room');
  expect(happened(rooms.items)).toEqual(['patron updated', 'patron created']);
  const second = await historyOf('why', '?page=2&pageSize=1');
  expect(second).toMatchObject({ total: 3, page: 2, pageSize: 1 });
  expect(second.items[0]!.changes).toEqual([{ field: 'room', before: 'R1', after: 'R2' }]);
});

test('tells a patron made by hand once', async () => {
  await request(server, 'POST', '/patrons', { json: { username: 'once', email: 'once@x.example' } });
  expect(happened((await historyOf('once')).items)).toEqual(['contact created', 'patron created']);
  await request(server, 'PATCH', '/patrons/once', { json: {} });
  expect((await historyOf('once')).total).toBe(2);
});

test('the export of a patron holds the record, contacts, history and the rows that named it', async () => {
  const run = await seedPatrons(server, 'username,firstname,email\nwhole,Ada,whole@x.example\n');
  const { status, body } = await request(server, 'GET', '/patrons/whole/export');
  expect(status).toBe(200);
  expect(body.patron).toMatchObject({ username: 'whole', firstname: 'Ada', email: 'whole@x.example' });
  expect(Date.parse(body.patron.createdAt)).toBeGreaterThan(0);
  expect(body.contacts).toMatchObject([{ contact: 'whole@x.example', origin: 'imported' }]);
  expect(happened(body.history)).toEqual(['contact created', 'patron created']);
  expect(body.rows.every((row: { runId: number }) => row.runId === run.id)).toBe(true);

  await request(server, 'PATCH', `/patrons/whole/contacts/${body.contacts[0].id}`, {
    json: { contact: 'hand@x.example' },
  });
  const kept = await seedPatrons(server, 'username,email\nwhole,file@x.example\n');
  const after = await request(server, 'GET', '/patrons/whole/export');
  expect(after.body.rows).toContainEqual({
    runId: kept.id,
    row: 2,
    outcome: 'unchanged',
    code: 'email-custom-kept',
    column: 'email',
    value: 'file@x.example',
    message: expect.stringContaining('was kept') as string,
    suggestion: null,
  });
});
