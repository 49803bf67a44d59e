import { afterEach, beforeEach, expect, test } from 'vitest';
import { addAccount, basic, seedUsernames, startServer, type TestServer } from '../../support/server.ts';
import { upTo } from '../../support/records.ts';
import { postCsv } from './import-support.ts';
import { request } from './support.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
  await seedUsernames(server, ...upTo(100).map((id) => `u${id}`));
});
afterEach(() => server.close());

const half = `username\n${upTo(40)
  .map((id) => `u${id}\n`)
  .join('')}`;
const full = 'kind=patrons&mode=full';
const active = () => server.store.read.patrons.count('ACTIVE');

test('S10 a run beyond a threshold is held, says why, and is approved or discarded', async () => {
  const held = await postCsv(server, full, half);
  expect(held.status).toBe(201);
  expect(held.body).toMatchObject({ state: 'held', approvedBy: null, counts: { inactivated: 60 } });
  expect(held.body.heldFor).toEqual([
    {
      code: 'patrons-inactivated',
      message: '60 of 100 active patrons would become inactive (more than 50 and more than 30 %)',
      count: 60,
      of: 100,
      moreThan: 50,
      percent: 30,
      undone: null,
      section: null,
      sections: null,
    },
  ]);
  expect(held.body.summary).toContain('nothing changed');
  expect(await active()).toBe(100);
  expect((await request(server, 'GET', '/imports?state=held')).body.total).toBe(1);

  const discarded = await request(server, 'POST', `/imports/${held.body.id}/discard`);
  expect(discarded.body.state).toBe('discarded');
  const again = await postCsv(server, full, half);
  const approved = await request(server, 'POST', `/imports/${again.body.id}/approve`);
  expect(approved.body).toMatchObject({ state: 'applied', approvedBy: 'admin', heldFor: again.body.heldFor });
  expect(await active()).toBe(40);
});

test('S10 dryRun shows that it would be held; thresholds are settings, each can be switched off', async () => {
  const dry = await postCsv(server, `${full}&dryRun=true`, half);
  expect(dry.body).toMatchObject({
    state: 'applied',
    dryRun: true,
    heldFor: [{ code: 'patrons-inactivated' }],
  });
  const json = { changeThresholds: { patronsInactivated: { moreThan: 60, percent: 30 } } };
  const settings = await request(server, 'PATCH', '/settings', { json });
  const ofMembers = {
    membersInactivated: { moreThan: 50, percent: 30 },
    sectionMembersInactivated: { moreThan: 9, percent: 50 },
  };
  expect(settings.body.changeThresholds).toEqual({
    patronsInactivated: { moreThan: 60, percent: 30 },
    contactsLost: { moreThan: 200, percent: 30 },
    ...ofMembers,
  });
  expect((await postCsv(server, `${full}&dryRun=true`, half)).body.heldFor).toEqual([]);
  const off = { changeThresholds: { contactsLost: null } };
  expect((await request(server, 'PATCH', '/settings', { json: off })).body.changeThresholds).toEqual({
    patronsInactivated: { moreThan: 60, percent: 30 },
    contactsLost: null,
    ...ofMembers,
  });
  for (const wrong of [{ moreThan: -1, percent: 30 }, { moreThan: 5 }, { moreThan: 5, percent: 101 }, 7]) {
    const refused = await request(server, 'PATCH', '/settings', {
      json: { changeThresholds: { contactsLost: wrong } },
    });
    expect(refused.status).toBe(400);
    expect(refused.body.detail).toContain('changeThresholds');
  }
});

test('S10 after an undo the same file is held and says which run it is about', async () => {
  const file = 'username,room\nu1,r1\n';
  const run = await postCsv(server, 'kind=patrons', file);
  const undo = await request(server, 'POST', `/imports/${run.body.id}/undo`);
  expect(undo.status).toBe(201);
  const held = await postCsv(server, 'kind=patrons', file);
  expect(held.body).toMatchObject({
    state: 'held',
    heldFor: [{ code: 'redoes-undone', undone: run.body.id, count: 1 }],
  });
  const approved = await request(server, 'POST', `/imports/${held.body.id}/approve`);
  expect(approved.body.state).toBe('applied');
});

test('S9 the plan of a run: a page of patrons, old beside new, and what it comes to', async () => {
  const held = await postCsv(server, full, `username,room\nu1,r1\nnew,\n`);
  const path = `/imports/${held.body.id}/plan`;
  const { status, body } = await request(server, 'GET', `${path}?page=1&pageSize=2`);
  expect(status).toBe(200);
  expect([body.total, body.page, body.pageSize, body.items.length]).toEqual([101, 1, 2, 2]);
  expect(body.totals.patrons).toMatchObject({ changed: 101, created: 1, inactivated: 99 });
  expect(body.totals.sentences).toEqual([
    '99 patrons become inactive.',
    '1 patron is new.',
    '101 patrons change in some way.',
  ]);
  expect(body.items[0]).toMatchObject({
    username: 'u2',
    name: 'u2',
    loses: true,
    records: [
      {
        entity: 'patron',
        action: 'inactivated',
        contactId: null,
        contact: null,
        changes: [{ field: 'status', before: 'ACTIVE', after: 'INACTIVE' }],
      },
    ],
  });
  const all = await request(server, 'GET', `${path}?pageSize=500`);
  expect(all.body.items).toHaveLength(101);
  expect(all.body.items.find(({ username }: { username: string }) => username === 'new')).toMatchObject({
    patronId: null,
    loses: false,
  });
  expect((await request(server, 'GET', `${path}?losing=true`)).body.total).toBe(99);
  expect((await request(server, 'GET', `${path}?pageSize=501`)).status).toBe(400);
  expect((await request(server, 'GET', '/imports/999/plan')).status).toBe(404);

  await addAccount(server, 'looker', 'a looking password', ['view']);
  const authorization = basic('looker', 'a looking password');
  expect((await request(server, 'GET', path, { authorization })).status).toBe(200);
  expect((await request(server, 'GET', path, { authorization: null })).status).toBe(401);

  const run = await request(server, 'POST', `/imports/${held.body.id}/approve`);
  expect(run.body.state).toBe('applied');
  const applied = await request(server, 'GET', `${path}?pageSize=500`);
  expect(applied.body.totals).toEqual(body.totals);
  expect(applied.body.items).toHaveLength(101);
  expect(applied.body.items.every(({ patronId }: { patronId: number | null }) => patronId !== null)).toBe(
    true,
  );
});
