import { writeFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newLeaseHolder } from '../../../src/jobs/lease-holder.ts';
import type { TenantStore } from '../../../src/ports/tenant-store.ts';
import { receiveUpload, sha256Of } from '../../../src/sync/receive.ts';
import { runImport } from '../../../src/sync/run-import.ts';
import { addByHand, changeByHand } from '../../support/by-hand.ts';
import { contactsOf } from '../../support/contacts-of.ts';
import {
  keepCustomMode,
  postContacts,
  replaceMode,
  seedUsernames,
  startServer,
  type TestServer,
} from '../../support/server.ts';

/** Runs a contacts import in which `between` happens after the plan was made and before it is applied. */
async function importWithEdit(
  server: TestServer,
  csv: string,
  mode: string,
  between: () => Promise<void>,
): Promise<void> {
  const { store, context } = server;
  const path = join(context.spoolDir, 'file');
  await writeFile(path, csv);
  const bytes = Buffer.from(csv);
  const upload = { path, sizeBytes: bytes.length, sha256: sha256Of(bytes), fileName: 'contacts.csv' };
  const request = {
    kind: 'contacts',
    mode,
    options: {},
    channel: 'infiniti',
    sender: 'admin',
    dryRun: false,
  } as const;
  // The server leaves the tenant's runs to whoever holds this, as it would to another process.
  const { system } = context.storage;
  const lease = [store.tenant.id, 'imports', newLeaseHolder()] as const;
  while (!(await system.acquireLease(...lease, Date.now(), 60_000, () => false))) await nextTurn();
  const runId = await receiveUpload(store, upload, request, Date.now());
  let edited = 0;
  const watched: TenantStore = {
    ...store,
    tenant: store.tenant,
    read: store.read,
    transact: (work) => store.transact(work),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    snapshot: async (work) => {
      const plan = await store.snapshot(work);
      edited++;
      await between();
      return plan;
    },
  };
  await runImport(watched, runId, {
    clock: context.clock,
    spillDir: context.spoolDir,
    onProgress: () => {},
  });
  await system.releaseLease(...lease);
  expect(edited).toBe(1);
  expect(await store.read.runs.findById(runId)).toMatchObject({ state: 'applied' });
}

const header = 'username,type,contact\n';

test('S9, S10 an edit between plan and apply makes the plan anew: KeepCustom keeps what the hand did', async () => {
  await using server = await startServer();
  await seedUsernames(server, 'jo');
  await postContacts(server, `${header}jo,PHONE,1\njo,PHONE,2\n`);
  await importWithEdit(server, `${header}jo,PHONE,1\njo,PHONE,3\n`, keepCustomMode, async () => {
    await changeByHand(server, 'jo', '1', { contact: '11' });
    await changeByHand(server, 'jo', '2', { addressee: 'Grandmother' });
    await addByHand(server, 'jo', { type: 'EMAIL', contact: 'jo@home.example' });
  });
  expect(await contactsOf(server, 'jo')).toEqual([
    { type: 'PHONE', contact: '11', origin: 'custom' },
    { type: 'PHONE', contact: '2', addressee: 'Grandmother', origin: 'custom' },
    { type: 'EMAIL', contact: 'jo@home.example', primary: true, origin: 'custom' },
    { type: 'PHONE', contact: '3' },
  ]);
});

test('S9, S10 the other mode replaces what stands at the moment of applying, the edit included', async () => {
  await using server = await startServer();
  await seedUsernames(server, 'jo');
  await postContacts(server, `${header}jo,PHONE,1\n`);
  await importWithEdit(server, `${header}jo,PHONE,1\njo,PHONE,3\n`, replaceMode, async () => {
    await addByHand(server, 'jo', { type: 'PHONE', contact: '99' });
  });
  expect(await contactsOf(server, 'jo')).toEqual([
    { type: 'PHONE', contact: '1' },
    { type: 'PHONE', contact: '3' },
  ]);
});
