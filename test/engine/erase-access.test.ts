import { expect, test } from 'vitest';
import { erasePatron } from '../../src/directory/erase-patron.ts';
import { exportPatron } from '../../src/directory/export-patron.ts';
import { noContactPerson } from '../../src/domain/group/contact-person.ts';
import { purgeTenant } from '../../src/jobs/purge.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { requestUndo } from '../../src/sync/run-undo.ts';
import { openEngine } from '../support/engine.ts';
import { insertParents, insertRecords, newMember, newRecord } from '../support/group-records.ts';
import { byHand } from '../support/records.ts';

const actor = { name: 'anna', channel: 'api' } as const;
const day = '2026-03-02';
const at = Date.UTC(2026, 2, 2, 9);
const person = {
  contactRole: 'tutor',
  telephone: '+44 1',
  email: 'tutor@x.example',
  url: 'https://x.example',
  contactNote: 'mornings',
};

/** Patron 1 is, or was, everything a patron can be among groups; patron 2 as well, but for the contact person. */
async function insertWhatIsKnown(store: TenantStore): Promise<void> {
  await store.transact(async (tx) => {
    await insertParents(tx);
    const asked = { contactPatronId: 1, ...person };
    await insertRecords(tx, 'group', [newRecord.group(2, asked)]);
    await insertRecords(tx, 'section', [newRecord.section(2, { ...asked, contactNote: 'evenings' })]);
    await tx.dailyRuns.begin(day, at);
    const ended = { status: 'INACTIVE', endDate: day, inactiveSince: at } as const;
    const target = { kind: 'wco-checkout-center', id: 1 } as const;
    for (const patronId of [1, 2]) {
      await tx.members.insert([newMember(1, patronId, ended)], byHand);
      const { status: _was, ...before } = newMember(1, patronId);
      const { status: _is, ...after } = newMember(1, patronId, ended);
      const change = { runId: null, at, actor, before, after } as const;
      await tx.recordChanges.append([
        { ...change, entity: 'member', recordId: 1, patronId, action: 'inactivated' },
      ]);
      const turn = { entity: 'member', id: 1, patronId, from: 'ACTIVE', to: 'INACTIVE' } as const;
      await tx.dailyRuns.saveStatuses(day, [turn]);
      const because = [{ entity: 'member', id: 1, turn: 'end' } as const];
      await tx.accessTurns.save(day, [{ patronId, gained: [], lost: [target], because }]);
      await tx.accessOverrides.insert({ at, operator: 'olga', patronId, target, reason: 'lost card' });
    }
    const before = { uniqueIdentifier: 'group-1', ...asked };
    const after = { uniqueIdentifier: 'group-1', ...asked, contactPatronId: 2 };
    const change = { runId: 3, at, actor, action: 'updated', before, after } as const;
    await tx.recordChanges.append([{ ...change, entity: 'group', recordId: 1, patronId: null }]);
  });
}

test('the export of a patron has memberships, overrides and what is known of the contact person', async () => {
  await using engine = await openEngine();
  await insertWhatIsKnown(engine.store);
  const { access } = await exportPatron(engine.store.read, 1);
  const instant = '2026-03-02T09:00:00.000Z';
  const made = new Date(byHand.createdAt).toISOString();
  const event = { at: instant, actor: 'anna', channel: 'api' };
  const always = { startDate: null, endDate: null, inactiveSince: null };
  const ended = { startDate: null, endDate: day, inactiveSince: instant };
  expect(access).toEqual({
    memberships: [{ section: 'section-1', status: 'INACTIVE', ...ended, createdAt: made, updatedAt: made }],
    membershipHistory: [
      { ...event, runId: null, action: 'inactivated', section: 'section-1', before: always, after: ended },
    ],
    statusChanges: [{ day, section: 'section-1', from: 'ACTIVE', to: 'INACTIVE' }],
    turns: [{ day, gained: [], lost: [{ kind: 'wco-checkout-center', target: 'Center 1' }] }],
    overrides: [
      {
        at: instant,
        operator: 'olga',
        kind: 'wco-checkout-center',
        target: 'Center 1',
        reason: 'lost card',
      },
    ],
    contactPersonOf: [
      { entity: 'group', uniqueIdentifier: 'group-2', ...person },
      { entity: 'section', uniqueIdentifier: 'section-2', ...person, contactNote: 'evenings' },
    ],
    contactPersonHistory: [
      {
        ...event,
        runId: 3,
        action: 'updated',
        entity: 'group',
        uniqueIdentifier: 'group-1',
        before: person,
        after: null,
      },
    ],
  });
  const nobody = await exportPatron(engine.store.read, 3);
  expect(Object.values(nobody.access).flat()).toEqual([]);
});

test('of an erased patron nothing is left among groups, and of others everything', async () => {
  await using engine = await openEngine();
  const { store } = engine;
  await insertWhatIsKnown(store);
  const before = (await exportPatron(store.read, 2)).access;
  const erased = await erasePatron(store, 1, actor, at + 1);
  expect(erased).toMatchObject({ memberships: 1, overrides: 1, contactPersonOf: 2 });
  const { read } = store;
  expect(await read.patrons.findById(1)).toBeUndefined();
  expect(await read.members.mapByPatron([1])).toEqual(new Map());
  expect(await read.recordChanges.listByPatron(1)).toEqual([]);
  expect(await read.recordChanges.listNamingPerson(1)).toEqual([]);
  expect(await read.dailyRuns.listChangesByPatron(1)).toEqual([]);
  expect(await read.accessTurns.listByPatron(1)).toEqual([]);
  expect((await read.accessOverrides.list({ patronId: 1, page: 1, pageSize: 9 })).total).toBe(0);
  for (const entity of ['group', 'section'] as const) {
    expect(await read.records[entity].findById(2)).toMatchObject({ ...noContactPerson, updatedAt: at + 1 });
  }
  expect((await exportPatron(store.read, 2)).access).toEqual(before);
});

test('rows of sections and groups that named an erased patron are looked at again', async () => {
  await using engine = await openEngine();
  const { store } = engine;
  await insertWhatIsKnown(store);
  const set = { seed: Buffer.alloc(16), context: 'c' };
  await store.transact(async (tx) => {
    await tx.fingerprints.beginSet('group', set);
    await tx.fingerprints.beginSet('section-members', set);
  });
  await erasePatron(store, 1, actor, at + 1);
  expect(await store.read.fingerprints.findSet('group')).toBeUndefined();
  expect(await store.read.fingerprints.listVoid('section-members')).toEqual([1]);
});

test('the journal of groups and what daily runs changed go after journalRetentionDays', async () => {
  await using engine = await openEngine();
  const { store } = engine;
  await insertWhatIsKnown(store);
  const kept = 400 * 24 * 60 * 60_000;
  expect(await purgeTenant(store, at + kept)).toMatchObject({ changes: 0, turns: 0 });
  expect(await purgeTenant(store, at + kept + 24 * 60 * 60_000)).toMatchObject({
    changes: 3,
    turns: 4,
  });
  const { read } = store;
  expect((await read.recordChanges.listByRecord('group', 1, { page: 1, pageSize: 9 })).total).toBe(0);
  expect((await read.dailyRuns.listChanges(day, { page: 1, pageSize: 9 })).total).toBe(0);
  expect((await read.accessTurns.list(day, { page: 1, pageSize: 9 })).total).toBe(0);
  expect(await read.dailyRuns.find(day)).toBeDefined();
  expect((await read.settings.get()).journalKeptFrom).toBeGreaterThan(at);
});

test('a run’s patrons that became members or contact persons stay when it is undone', async () => {
  await using engine = await openEngine();
  const { store } = engine;
  const run = await engine.importCsv('username\nmember\nperson\nnobody\n', { kind: 'patrons' });
  await store.transact(async (tx) => {
    for (const entity of ['organization', 'authorization-set', 'group'] as const) {
      await insertRecords(tx, entity, [newRecord[entity](1) as never]);
    }
    const [member, person] = await Promise.all(
      ['member', 'person'].map(async (name) => (await tx.patrons.findByKey('username', name))!.id),
    );
    await insertRecords(tx, 'section', [newRecord.section(1, { contactPatronId: person! })]);
    await tx.members.insert([newMember(1, member!)], byHand);
  });
  await engine.perform(await requestUndo(store, run.id, 'head', 'api', engine.clock.now()));
  const left = await store.read.patrons.listAfter(0, 9);
  expect(left.map(({ username }) => username)).toEqual(['member', 'person']);
});
