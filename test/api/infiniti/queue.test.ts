import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { addByHand, askApi, changeByHand } from '../../support/by-hand.ts';
import { contactsOf, patronId } from '../../support/contacts-of.ts';
import { filePart, multipartBody } from '../../support/multipart.ts';
import { postHead } from '../../support/raw-http.ts';
import {
  addAccount,
  adminAuthorization,
  basic,
  keepCustomMode,
  postContacts,
  replaceMode,
  seedPatrons,
  seedUsernames,
  startServer,
  type TestServer,
} from '../../support/server.ts';

const header = 'username,type,contact\n';
const applied = (n: number) => ({
  success: true,
  summary: `Contacts for ${n} patrons updated successfully.`,
});

/** Keeps every run of tenant `main` waiting, as an import of another machine would, until `release`. */
async function holdImports(server: TestServer): Promise<{ release(): Promise<void> }> {
  const { system } = server.context.storage;
  const { id } = server.store.tenant;
  const other = { holder: 'another machine', host: 'elsewhere.example', pid: 1 };
  // Far ahead, so that no heartbeat is missed while the test goes on.
  const held = await system.acquireLease(id, 'imports', other, Date.now() + 3_600_000, 10_000, () => false);
  expect(held).toBe(true);
  return { release: () => system.releaseLease(id, 'imports', other) };
}

/** Resolves once so many uploads have been taken in. */
function uploadsTakenIn(server: TestServer): (count: number) => Promise<void> {
  const submit = vi.spyOn(server.context.imports, 'submit');
  return (count) =>
    vi.waitFor(() => {
      const done = submit.mock.settledResults.filter(({ type }) => type === 'fulfilled');
      expect(done).toHaveLength(count);
    }, 20_000);
}

const contactRuns = async (server: TestServer) =>
  (await server.store.read.runs.list({ kind: 'contacts', page: 1, pageSize: 100 })).items;

describe('imports that meet', () => {
  test('S10 two of one tenant are done one after the other, in the order they came', async () => {
    await using server = await startServer();
    await seedUsernames(server, 'jo');
    const hold = await holdImports(server);
    const takenIn = uploadsTakenIn(server);
    const first = postContacts(server, `${header}jo,PHONE,1\n`);
    await takenIn(1);
    const second = postContacts(server, `${header}jo,PHONE,2\n`);
    await takenIn(2);
    expect((await contactRuns(server)).map(({ state }) => state)).toEqual(['received', 'received']);
    await hold.release();
    expect((await first).body).toEqual(applied(1));
    expect((await second).body).toEqual(applied(1));
    expect(await contactsOf(server, 'jo')).toEqual([{ type: 'PHONE', contact: '2' }]);
    const [later, earlier] = await contactRuns(server);
    expect(later!.startedAt).toBeGreaterThanOrEqual(earlier!.finishedAt!);
  });

  test('S10 ten at once all end, and the state is that of one of them whole', async () => {
    await using server = await startServer();
    await seedUsernames(server, 'jo', 'mo');
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        postContacts(server, `${header}jo,PHONE,a${n}\njo,PHONE,b${n}\nmo,PHONE,c${n}\n`),
      ),
    );
    for (const { body } of answers) expect(body).toEqual(applied(2));
    const [a, b] = await contactsOf(server, 'jo');
    const [c] = await contactsOf(server, 'mo');
    const last = a!.contact.slice(1);
    expect([a!.contact, b!.contact, c!.contact]).toEqual([`a${last}`, `b${last}`, `c${last}`]);
    expect(await contactRuns(server)).toHaveLength(10);
  });

  test('S10 the same bytes, sender and mode join the run in flight', async () => {
    await using server = await startServer();
    await seedUsernames(server, 'jo');
    await addAccount(server, 'autoimport', 'another right password', ['administer']);
    const hold = await holdImports(server);
    const takenIn = uploadsTakenIn(server);
    const csv = `${header}jo,PHONE,1\njo,FAX,2\n`;
    const twice = [postContacts(server, csv), postContacts(server, csv)];
    await takenIn(2);
    expect(await contactRuns(server)).toHaveLength(1);
    const others = [
      postContacts(server, csv, keepCustomMode),
      postContacts(server, csv, replaceMode, basic('autoimport', 'another right password')),
      postContacts(server, `${csv}\n`),
    ];
    await takenIn(5);
    expect(await contactRuns(server)).toHaveLength(4);
    await hold.release();
    const [one, same] = await Promise.all(twice);
    expect(one!.text).toBe(same!.text);
    expect(one!.body.details).toMatchObject({ 3: expect.stringMatching(/^failed/) });
    for (const other of others) expect((await other).status).toBe(200);
    // Nothing is in flight any more: the same bytes are a run of their own.
    await postContacts(server, csv);
    expect(await contactRuns(server)).toHaveLength(5);
  });

  test('S10 bytes sent again behind another file are done again behind it, once', async () => {
    await using server = await startServer();
    await seedUsernames(server, 'jo');
    const hold = await holdImports(server);
    const takenIn = uploadsTakenIn(server);
    const answers: Promise<unknown>[] = [];
    const files = ['1', '2', '1', '1'].map((number) => `${header}jo,PHONE,${number}\n`);
    for (const [index, csv] of files.entries()) {
      answers.push(postContacts(server, csv));
      await takenIn(index + 1);
    }
    await hold.release();
    await Promise.all(answers);
    expect(await contactRuns(server)).toHaveLength(3);
    expect(await contactsOf(server, 'jo')).toEqual([{ type: 'PHONE', contact: '1' }]);
  });

  test('S10 a lost connection does not cancel the run', async () => {
    await using server = await startServer();
    await seedUsernames(server, 'jo');
    const hold = await holdImports(server);
    const takenIn = uploadsTakenIn(server);
    const body = multipartBody([filePart(`${header}jo,PHONE,1\n`)], 'b');
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    const head = postHead({
      Authorization: adminAuthorization,
      'Content-Type': 'multipart/form-data; boundary=b',
      'Content-Length': body.length,
    });
    socket.write(Buffer.concat([Buffer.from(head), body]));
    await takenIn(1);
    socket.destroy();
    await once(socket, 'close');
    await hold.release();
    const [run] = await contactRuns(server);
    expect(await server.context.imports.waitFor('main', run!.id)).toMatchObject({ state: 'applied' });
    expect(await contactsOf(server, 'jo')).toEqual([{ type: 'PHONE', contact: '1' }]);
  });

  test('S10 while an import waits, reads and edits by hand go on, and its plan minds them', async () => {
    await using server = await startServer();
    await seedUsernames(server, 'jo');
    await postContacts(server, `${header}jo,PHONE,1\n`);
    const hold = await holdImports(server);
    const takenIn = uploadsTakenIn(server);
    const waiting = postContacts(server, `${header}jo,PHONE,1\njo,PHONE,2\n`, keepCustomMode);
    await takenIn(1);
    await changeByHand(server, 'jo', '1', { contact: '11' });
    const path = `/patrons/${await patronId(server, 'jo')}/contacts`;
    expect(await askApi(server, 'GET', path)).toMatchObject({ items: [{ contact: '11', origin: 'custom' }] });
    await hold.release();
    expect((await waiting).body).toEqual(applied(1));
    expect(await contactsOf(server, 'jo')).toEqual([
      { type: 'PHONE', contact: '11', origin: 'custom' },
      { type: 'PHONE', contact: '2' },
    ]);
  });

  test('S10 one tenant does not wait for another', async () => {
    await using server = await startServer();
    await server.context.storage.createTenant({ slug: 'other', name: 'Other', zone: 'Europe/London' }, []);
    await seedUsernames(server, 'jo');
    const hold = await holdImports(server);
    const takenIn = uploadsTakenIn(server);
    const waiting = postContacts(server, `${header}jo,PHONE,1\n`);
    await takenIn(1);
    await seedPatrons(server, 'username\nmo\n', 'other');
    expect(await contactsOf(server, 'mo', 'other')).toEqual([]);
    await hold.release();
    expect((await waiting).body).toEqual(applied(1));
  });
});

describe('imports while librarians edit', () => {
  const patrons = Array.from({ length: 40 }, (_, n) => `p${n}`);
  const file = (night: number) =>
    header +
    patrons
      .flatMap((name) => [`${name},EMAIL,${name}@school.example`, `${name},PHONE,n${night}`])
      .join('\n') +
    '\n';

  test('S10, I12 what a hand adds during KeepCustom imports is all there afterwards, each patron whole', async () => {
    await using server = await startServer();
    await seedUsernames(server, ...patrons);
    await postContacts(server, file(0), keepCustomMode);
    const nights = (async () => {
      for (let night = 1; night <= 6; night++) {
        expect((await postContacts(server, file(night), keepCustomMode)).body).toEqual(applied(40));
      }
    })();
    const edits = Promise.all(
      patrons.map(async (name) => {
        await addByHand(server, name, { type: 'PHONE', contact: `hand ${name}` });
        await changeByHand(server, name, `${name}@school.example`, { contact: `${name}@home.example` });
      }),
    );
    await Promise.all([nights, edits]);
    for (const name of patrons) {
      const contacts = await contactsOf(server, name);
      expect(contacts.toSorted((a, b) => a.contact.localeCompare(b.contact))).toEqual(
        [
          { type: 'PHONE', contact: `hand ${name}`, origin: 'custom' },
          { type: 'PHONE', contact: 'n6' },
          { type: 'EMAIL', contact: `${name}@home.example`, primary: true, origin: 'custom' },
        ].toSorted((a, b) => a.contact.localeCompare(b.contact)),
      );
    }
  });
});
