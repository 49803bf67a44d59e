import { keyFields } from '../../src/domain/patron/patron.ts';
import { noCounts } from '../../src/domain/outcome.ts';
import type { Storage } from '../../src/ports/storage.ts';
import type { SystemStore } from '../../src/ports/system-store.ts';
import type { TenantReader, TenantTransactor } from '../../src/ports/tenant-store.ts';
import { byHand, newContact, newPatron, runRequest, upTo } from './records.ts';
import { walkGroups } from './walk-groups.ts';
import { addContacts, updateContacts, removeContacts } from './contact-lists.ts';

/** Every method of a tenant's stores, as `store.method`; of those of records once for each entity. */
export function storeMethodsOf(stores: TenantReader): string[] {
  return Object.entries(flatStores(stores)).flatMap(([name, store]) =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(store))
      .filter((method) => method !== 'constructor')
      .map((method) => `${name}.${method}`),
  );
}

/** The stores with those of the records beside the others, as `records.group`. */
function flatStores(stores: TenantReader): Record<string, object> {
  const flat: Record<string, object> = {};
  for (const [name, store] of Object.entries(stores) as [string, object][]) {
    if (name === 'records') {
      for (const [entity, records] of Object.entries(store)) flat[`records.${entity}`] = records as object;
    } else if (typeof store !== 'function') flat[name] = store;
  }
  return flat;
}

/** The same stores, telling `onCall` of each method called as `store.method`. */
export function listenedTo(tx: TenantTransactor, onCall: (method: string) => void): TenantTransactor {
  const listened = Object.fromEntries(
    Object.entries(flatStores(tx)).map(([name, store]) => [name, listening(store, name, onCall)]),
  );
  const records = Object.fromEntries(
    Object.keys(tx.records).map((entity) => [entity, listened[`records.${entity}`]]),
  );
  return { ...tx, ...listened, records } as TenantTransactor;
}

function listening(store: object, name: string, onCall: (method: string) => void): object {
  return new Proxy(store, {
    get(target, method: string) {
      const value = (target as Record<string, unknown>)[method];
      if (typeof value !== 'function') return value;
      onCall(`${name}.${method}`);
      return value.bind(target) as unknown;
    },
  });
}

/** Calls every method of every store at least once, in each way that makes another statement. */
export async function walkStores(tx: TenantTransactor): Promise<void> {
  await walkPatrons(tx);
  await walkContacts(tx);
  await walkLookup(tx);
  await walkChanges(tx);
  await walkRuns(tx);
  await walkTheRest(tx);
  await walkFingerprints(tx);
  await walkGroups(tx);
  await removeContacts(tx, [{ patronId: 1, id: 1 }]);
  await tx.patrons.remove([1]);
}

async function walkPatrons(tx: TenantTransactor): Promise<void> {
  const { patrons } = tx;
  await tx.allocateIds('patron', 30);
  await patrons.insert(
    upTo(30).map((id) => newPatron(id)),
    byHand,
  );
  await patrons.update([newPatron(1, { surname: 'Zak' })], 1);
  await patrons.findById(1);
  await patrons.listByAnyKey('p1');
  await patrons.findByIds([1, 2]);
  for (const field of ['username', 'barcode', 'externalid'] as const) {
    await patrons.findByKey(field, 'p1');
    await patrons.mapByKey(field, ['p1']);
    await patrons.mapIdsByKey(field, ['p1']);
  }
  await patrons.listAfter(0, 5);
  await patrons.walkUsernames(() => undefined);
  await patrons.count();
  await patrons.count('ACTIVE');
  await patrons.listReferred([1]);
  for (const q of ['', 'z', 'zak p1']) {
    await patrons.search({ q, role: 'STUDENT', status: 'ACTIVE', page: 1, pageSize: 5 });
    await patrons.search({ q, withoutEmail: true, page: 2, pageSize: 5 });
  }
}

async function walkContacts(tx: TenantTransactor): Promise<void> {
  const { contacts } = tx;
  await tx.allocateIds('contact', 30);
  await addContacts(
    tx,
    upTo(30).map((id) => newContact(id, id)),
    byHand,
  );
  await updateContacts(tx, [newContact(1, 1, { contact: 'new@x' })]);
  await contacts.listByPatron(1);
  await contacts.mapByPatron([1, 2]);
  await contacts.listPatronsWithImported(0, 5);
  await contacts.mapByUsername(['p1']);
  await contacts.count();
  await contacts.isEmpty();
  await removeContacts(tx, [{ patronId: 2, id: 2 }]);
}

async function walkLookup({ lookup }: TenantTransactor): Promise<void> {
  await lookup.listByEmail('new@x', 2);
  for (const field of [...keyFields, 'email'] as const) await lookup.listWithContacts(field, 'new@x', 2);
  await lookup.listByFullName('zak', 2);
  await lookup.listNamed({ id: 1, key: 'zak' });
  for (const field of keyFields) await lookup.listNamed({ key: 'zak', named: { field, key: 'zak' } });
  await lookup.stampOfName('zak', 5);
  await lookup.listBlocks();
  await lookup.listFrom(1, 3, 5);
  await lookup.listByIds([1, 2]);
  await lookup.searchStamp();
  for (const words of [[], ['z'], ['zak'], ['student', 'zak']]) {
    await lookup.listContaining(words, { afterId: 0, limit: 5 });
    await lookup.listContaining(words, { roles: ['STUDENT', 'TEACHER'], afterId: 0, limit: 5 });
  }
}

async function walkChanges({ changes }: TenantTransactor): Promise<void> {
  const after = newPatron(1);
  const subject = { entity: 'patron', action: 'created', after } as const;
  await changes.append([{ runId: 1, at: 1, actor: { name: 'a', channel: 'api' }, patronId: 1, subject }]);
  await changes.stamp();
  await changes.listByPatron(1, 1, 5);
  await changes.listPatronsOfRun(1, 0, 5);
  await changes.mapByPatron([1]);
  await changes.purgeBefore(1, 5);
  await changes.removeByPatron(1);
}

async function walkRuns({ runs, runRows, plans, deliveries }: TenantTransactor): Promise<void> {
  const deliveryId = await deliveries.insert({ sha256: 'a', sizeBytes: 1, fileName: 'f', receivedAt: 1 });
  await deliveries.insertChunk(deliveryId, 0, Buffer.from('x'));
  await deliveries.findById(deliveryId);
  await deliveries.readChunk(deliveryId, 0);
  const request = runRequest({ deliveryId });
  const id = await runs.insert(request, 1);
  await runs.findInFlight(request, 'a');
  await runs.findById(id);
  await runs.findApplied(request);
  await runs.extend(id, { counts: noCounts(), subjects: 0, rowCount: 0, summary: '', finishedAt: 1 });
  await runs.list({ state: 'received', kind: 'contacts', page: 1, pageSize: 5 });
  await runs.listUnfinished();
  await runs.begin(id, 1);
  const note = { code: 'key-clash', column: 'c', value: 'v', suggestion: 's' } as const;
  const rows = upTo(30).map((row) => ({ file: 0, row, outcome: 'failed', note, patronId: 1 }) as const);
  await runRows.insert(id, rows);
  await runRows.list(id, { outcome: 'failed', page: 1, pageSize: 5 });
  await runRows.listAfter(id, { file: 0, row: 0, seq: 0 }, 5, 'failed');
  await runRows.list(id, { file: 0, page: 1, pageSize: 5 });
  await runRows.listFiles(id, 'failed');
  await runRows.listByPatron(1);
  const end = { counts: noCounts(), subjects: 0, rowCount: 0, notes: [], summary: '', failure: null };
  await runs.finish(id, 1, { ...end, state: 'held', finishedAt: 1 });
  await runs.discard(id, 2);
  await runs.approve(id, 'anna');
  await runs.discardHeld('contacts', 'autoimport', 3);
  await runs.markUndone(id, 9);
  await runs.listOpenUndos(['contacts']);
  await plans.insertPart(id, 0, [{ subject: { entity: 'patron', id: 1, label: '' }, loses: true }]);
  await plans.list(id, { page: 1, pageSize: 5 });
  await plans.list(id, { page: 1, pageSize: 5, onlyLosing: true });
  await plans.removeByPatron(1, ['text']);
  await plans.purgeBefore(100, 5);
  await plans.remove(id);
  await runRows.removeByPatron(2, ['text']);
  await runRows.purgeBefore(100, 5);
  await runRows.remove(id);
  await deliveries.purgeBefore(100, 1, 5);
}

async function walkTheRest({ accounts, settings, audit }: TenantTransactor): Promise<void> {
  const account = { username: 'a', passwordHash: '', capabilities: [], organizations: [], createdAt: 1 };
  const id = await accounts.insert(account);
  await accounts.findById(id);
  await accounts.findByUsername('a');
  await accounts.list();
  await accounts.update({ ...account, id, disabledAt: 1 });
  await accounts.remove(id);
  await settings.save({ bccDefault: 'TRUE' });
  await settings.get();
  await audit.append({ at: 1, actor: { name: 'a', channel: 'api' }, action: 'x', subject: 'y', detail: {} });
  await audit.list(1, 5);
}

async function walkFingerprints({ fingerprints }: TenantTransactor): Promise<void> {
  await fingerprints.beginSet('contacts', { seed: Buffer.alloc(16), context: 'c' });
  await fingerprints.saveBlock('contacts', 1, Buffer.alloc(24));
  await fingerprints.findSet('contacts');
  await fingerprints.readBlock('contacts', 1);
  await fingerprints.touched('patron', [1, 2], 'patrons');
  await fingerprints.listVoid('contacts');
  await fingerprints.clearVoid('contacts');
  await fingerprints.touched('patron', upTo(1000), undefined);
  await fingerprints.forget(['roster', 'patron']);
}

/** The same for what stands outside every tenant. */
export async function walkSystem(system: SystemStore): Promise<void> {
  const holder = { holder: 'h', host: 'n', pid: 1 };
  await system.listTenants();
  await system.findTenant('main');
  await system.findTenantByHost('x');
  await system.updateTenant('main', { name: 'M', hosts: ['x'] });
  await system.listHosts(1);
  await system.acquireLease(1, 'imports', holder, 1, 1, () => false);
  await system.renewLease(1, 'imports', holder, 2, {
    runId: 1,
    rowsRead: 0,
    subjectsPlanned: 0,
    subjectsTotal: 0,
    applied: 0,
  });
  await system.findProgress(1, 'imports');
  await system.releaseLease(1, 'imports', holder);
}

/** The same for API clients and their sessions, which stand outside every tenant as well. */
export async function walkClients({ clients, sessions }: Storage): Promise<void> {
  const hashes = (name: string) => ({ keyHash: `k${name}`, secretHash: `s${name}` });
  const tokens = (name: string) => ({ tokenHash: `t${name}`, renewHash: `r${name}`, expiresAt: 50 });
  const { id } = await clients.insert(1, 'a', hashes('1'), 1);
  await clients.list(1);
  await clients.findByName(1, 'a');
  await clients.findById(1, id);
  await clients.findKey('k1', 1);
  await clients.listKeys(id, 1);
  await clients.noteUse(id, 1);
  await sessions.saveCode('c', 'k1', 1, 50);
  await sessions.spendCode('c', 1);
  await sessions.begin('k1', tokens('1'), 1);
  await sessions.find('t1', 1);
  await sessions.renew(tokens('1'), 'k1', tokens('2'), 1);
  await sessions.endIfSpent('r1');
  await sessions.purge(1, 5);
  await clients.rotate(1, id, hashes('2'), 1, 9);
  await clients.revoke(1, id, 2);
}
