import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addByHand, changeByHand } from '../../support/by-hand.ts';
import { contactsOf } from '../../support/contacts-of.ts';
import { addAccount, basic, seedUsernames, startServer, type TestServer } from '../../support/server.ts';
import { fileForm, holdImports, postCsv, until } from './import-support.ts';
import { request } from './support.ts';

let server: TestServer;
beforeEach(async () => {
  server = await startServer();
  await seedUsernames(server, 'anna', 'ben', 'cleo');
});
afterEach(() => server.close());

const header = 'username,type,contact';

describe('a file in, its run out', () => {
  test('a multipart file answers 201 with the finished run', async () => {
    const answer = await request(
      server,
      'POST',
      '/imports?kind=contacts&mode=replaceDeclaredPatrons',
      fileForm(`${header}\nanna,PHONE,1\nben,PHONE,2\nben,PHONE,\n`, 'Contacts of today.csv'),
    );
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      kind: 'contacts',
      mode: 'replaceDeclaredPatrons',
      channel: 'api',
      sender: 'admin',
      state: 'applied',
      dryRun: false,
      counts: { created: 2, updated: 0, unchanged: 0, removed: 0, inactivated: 0, ignored: 1, failed: 0 },
      rowCount: 3,
      subjects: 2,
      fileName: 'Contacts of today.csv',
      failure: null,
      undoes: null,
      undoneBy: null,
      approvedBy: null,
      progress: null,
    });
    for (const at of ['receivedAt', 'startedAt', 'finishedAt']) {
      expect(new Date(answer.body[at]).toISOString()).toBe(answer.body[at]);
    }
    expect(await contactsOf(server, 'anna')).toEqual([{ type: 'PHONE', contact: '1' }]);
    expect((await request(server, 'GET', `/imports/${answer.body.id}`)).body).toEqual(answer.body);
  });

  test('a text/csv body does as well, and the first mode of the kind is used where none is named', async () => {
    const answer = await postCsv(server, 'kind=patrons&key=barcode', 'barcode,surname\n77,Novak\n');
    expect([answer.status, answer.body.mode, answer.body.options]).toEqual([
      201,
      'addOrUpdate',
      { key: 'barcode' },
    ]);
    expect(await server.store.read.patrons.findByKey('barcode', '77')).toMatchObject({ surname: 'Novak' });
  });

  test('a dry run answers the same counts and writes nothing', async () => {
    await postCsv(server, 'kind=contacts', `${header}\nanna,PHONE,1\n`);
    const before = await contactsOf(server, 'anna');
    const stamp = await server.store.read.changes.stamp();
    const file = `${header}\nanna,PHONE,2\nben,PHONE,3\nnobody,PHONE,4\n`;
    const planned = await postCsv(server, 'kind=contacts&dryRun=true', file);
    expect([planned.status, planned.body.state, planned.body.dryRun]).toEqual([201, 'applied', true]);
    expect(await contactsOf(server, 'anna')).toEqual(before);
    expect(await contactsOf(server, 'ben')).toEqual([]);
    expect(await server.store.read.changes.stamp()).toBe(stamp);

    const done = await postCsv(server, 'kind=contacts', file);
    expect(planned.body.counts).toEqual(done.body.counts);
    expect(done.body.counts).toMatchObject({ created: 2, removed: 1, failed: 1 });
  });

  test('a file that is refused as a whole is a problem that names its run', async () => {
    const answer = await postCsv(server, 'kind=contacts', 'user,type,contact\nanna,PHONE,1\n');
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ code: 'file-refused', status: 422, run: expect.any(Number) });
    expect(answer.body.detail).toContain('username');
    const run = await request(server, 'GET', `/imports/${answer.body.run}`);
    expect(run.body).toMatchObject({
      state: 'failed',
      failure: { code: 'file-refused', detail: answer.body.detail },
    });
  });

  test('I20 unknown columns are ignored and named in the run', async () => {
    const { body } = await postCsv(
      server,
      'kind=contacts',
      'username,type,contact,Mood\nanna,PHONE,1,good\n',
    );
    expect(body).toMatchObject({ state: 'applied', counts: { created: 1 } });
    expect(body.notes).toEqual([
      {
        file: null,
        code: 'column-ignored',
        column: 'Mood',
        value: null,
        message: expect.stringContaining('Mood'),
        suggestion: null,
      },
    ]);
  });
});

describe('what is wrong with the request', () => {
  test('a kind, mode, option or value that is not known is refused with 400 and words that help', async () => {
    const modes = ['replaceDeclaredPatrons', 'replaceDeclaredPatronsKeepCustomContacts'];
    for (const [query, ...words] of [
      ['kind=contact', 'patrons', 'contacts'],
      ['', 'kind'],
      ['kind=contacts&mode=ReplaceDeclaredPatrons', ...modes, 'addOrUpdate', 'replaceAllPatrons'],
      ['kind=patrons&mode=replaceDeclaredPatrons', 'addOrUpdate', 'full'],
      ['kind=patrons&key=email', 'username', 'barcode', 'externalid'],
      ['kind=contacts&key=username', 'key'],
      ['kind=contacts&dryrun=true', 'dryrun', 'dryRun'],
      ['kind=contacts&dryRun=maybe', 'dryRun'],
    ] as const) {
      const { status, body } = await postCsv(server, query, `${header}\nanna,PHONE,1\n`);
      expect([query, status, body.code]).toEqual([query, 400, 'bad-request']);
      for (const word of words) expect(body.detail).toContain(word);
    }
    expect(await contactsOf(server, 'anna')).toEqual([]);
    expect((await request(server, 'GET', '/imports')).body.total).toBe(1);
  });

  test('a form without a file 400, another type 415, a compressed body 415', async () => {
    const noFile = await request(server, 'POST', '/imports?kind=contacts', {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nhello\r\n--b--\r\n',
    });
    expect([noFile.status, noFile.body.code]).toEqual([400, 'bad-request']);
    const form = await request(server, 'POST', '/imports?kind=contacts', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `${header}\nanna,PHONE,1\n`,
    });
    expect([form.status, form.body.code]).toEqual([415, 'unsupported-media-type']);
    expect(form.body.detail).toContain('text/csv');
    const packed = await postCsv(server, 'kind=contacts', 'x', { headers: { 'content-encoding': 'gzip' } });
    expect([packed.status, packed.body.code]).toEqual([415, 'unsupported-media-type']);
    expect((await request(server, 'GET', '/imports?kind=contacts')).body.total).toBe(0);
  });

  test('nobody 401, an account that may only view 403, before the body is looked at', async () => {
    await addAccount(server, 'viewer', 'a viewing password', ['view']);
    const viewer = basic('viewer', 'a viewing password');
    const file = `${header}\nanna,PHONE,1\n`;
    expect((await postCsv(server, 'kind=contacts', file, { authorization: null })).status).toBe(401);
    expect((await postCsv(server, 'kind=contacts', file, { authorization: viewer })).status).toBe(403);
    for (const decision of ['approve', 'discard', 'undo']) {
      const answer = await request(server, 'POST', `/imports/1/${decision}`, { authorization: viewer });
      expect(answer.status).toBe(403);
    }
    expect((await request(server, 'GET', '/imports', { authorization: viewer })).body.total).toBe(1);
    expect((await request(server, 'GET', '/imports/1/rows', { authorization: viewer })).status).toBe(200);
    expect((await request(server, 'GET', '/imports', { authorization: null })).status).toBe(401);
    expect(await contactsOf(server, 'anna')).toEqual([]);
  });

  test('runs that are not there 404, also for another tenant’s account', async () => {
    for (const path of ['/imports/99', '/imports/99/rows', '/imports/99/failed-rows.csv']) {
      expect((await request(server, 'GET', path)).status).toBe(404);
    }
    for (const decision of ['approve', 'discard', 'undo']) {
      expect((await request(server, 'POST', `/imports/99/${decision}`)).status).toBe(404);
    }
    await server.context.storage.createTenant({ slug: 'annex', name: 'Annex', zone: 'Europe/London' }, [
      'localhost',
    ]);
    await addAccount(server, 'head', 'the annex password', ['administer'], 'annex');
    const elsewhere = { url: `http://localhost:${server.port}` };
    const head = basic('head', 'the annex password');
    expect((await request(elsewhere, 'GET', '/imports/1', { authorization: head })).status).toBe(404);
    expect((await request(server, 'GET', '/imports/1', { authorization: head })).status).toBe(401);
  });
});

test('a file over the limit is 413 and no run', async () => {
  await using small = await startServer({ uploadLimits: { bytesMax: 1_000 } });
  const file = `username\n${'a'.repeat(2_000)}\n`;
  const bare = await postCsv(small, 'kind=patrons', file);
  const form = await request(small, 'POST', '/imports?kind=patrons', fileForm(file, 'p.csv'));
  for (const { status, body } of [bare, form]) expect([status, body.code]).toEqual([413, 'too-large']);
  expect((await request(small, 'GET', '/imports')).body.total).toBe(0);
});

describe('the list and the rows', () => {
  test('newest first, filtered by state and kind, in pages', async () => {
    await postCsv(server, 'kind=contacts', `${header}\nanna,PHONE,1\n`);
    await postCsv(server, 'kind=contacts', 'nonsense\n1\n');
    const all = await request(server, 'GET', '/imports');
    expect(all.body).toMatchObject({ total: 3, page: 1, pageSize: 50 });
    expect(all.body.items.map((run: { id: number }) => run.id)).toEqual([3, 2, 1]);
    const failed = await request(server, 'GET', '/imports?state=failed&kind=contacts');
    expect(failed.body.items.map((run: { id: number }) => run.id)).toEqual([3]);
    const second = await request(server, 'GET', '/imports?page=2&pageSize=1');
    expect(second.body.items).toMatchObject([{ id: 2, fileName: 'contacts.csv' }]);
    expect((await request(server, 'GET', '/imports?state=done')).body.detail).toContain('applied');
  });

  test('each row says what became of it, by outcome where asked', async () => {
    const run = await postCsv(
      server,
      'kind=contacts',
      `${header}\nanna,PHOME,1\nanna,EMAL,2\nghost,PHONE,3\nben,PHONE,\nben,PHONE,5\n`,
    );
    const { body } = await request(server, 'GET', `/imports/${run.body.id}/rows`);
    // Row 2 has two things to say.
    expect(body).toMatchObject({ total: 6, page: 1 });
    expect(body.items).toMatchObject([
      { row: 2, outcome: 'created', code: 'type-read-as-phone' },
      { row: 2, outcome: 'created', code: 'nothing-removed' },
      { row: 3, outcome: 'failed', code: 'type-invalid', column: 'type', value: 'EMAL', suggestion: 'EMAIL' },
      { row: 4, outcome: 'failed', code: 'username-unknown', value: 'ghost', patronId: null },
      { row: 5, outcome: 'ignored', code: 'contact-blank' },
      { row: 6, outcome: 'created', code: null, column: null, value: null, message: null, suggestion: null },
    ]);
    expect(body.items[2].message).toContain('EMAL');
    const failed = await request(
      server,
      'GET',
      `/imports/${run.body.id}/rows?outcome=failed&pageSize=1&page=2`,
    );
    expect(failed.body).toMatchObject({ total: 2, items: [{ row: 4 }] });
  });

  test('the failed rows come back inert, are corrected and sent again', async () => {
    const run = await postCsv(
      server,
      'kind=contacts',
      'Username,note,type,contact\nanna,fine,PHONE,1\nghost,=cmd|calc,PHONE,+61 4\nben,"a ""b"", c",FONE,@home\n',
    );
    expect(run.body.counts).toMatchObject({ created: 1, failed: 2 });
    const file = await request(server, 'GET', `/imports/${run.body.id}/failed-rows.csv`);
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename=".*\.csv"$/);
    expect(file.text).toBe(
      `Username,note,type,contact\r\nghost,'=cmd|calc,PHONE,'+61 4\r\nben,"a ""b"", c",FONE,'@home\r\n`,
    );
    const corrected = file.text.replace('ghost', 'cleo').replace('FONE', 'SOCIAL_MEDIA');
    const again = await postCsv(server, 'kind=contacts', corrected);
    expect(again.body.counts).toMatchObject({ created: 2, failed: 0 });
    expect(await contactsOf(server, 'cleo')).toEqual([{ type: 'PHONE', contact: '+61 4' }]);
    expect(await contactsOf(server, 'ben')).toEqual([{ type: 'SOCIAL_MEDIA', contact: '@home' }]);

    const none = await request(server, 'GET', `/imports/${again.body.id}/failed-rows.csv`);
    expect(none.text).toBe('Username,note,type,contact\r\n');
  });

  test('once its bytes are purged the failed rows are gone, the run is not', async () => {
    const run = await postCsv(server, 'kind=contacts', `${header}\nghost,PHONE,1\n`);
    await server.store.transact((tx) => tx.deliveries.purgeBefore(Date.now() + 1_000, Date.now(), 10));
    const file = await request(server, 'GET', `/imports/${run.body.id}/failed-rows.csv`);
    expect([file.status, file.body.code]).toEqual([410, 'gone']);
    expect((await request(server, 'GET', `/imports/${run.body.id}`)).body).toMatchObject({
      state: 'applied',
      fileName: 'contacts.csv',
    });
  });
});

describe('I21 modes', () => {
  test('I21 addOrUpdate adds and updates and removes nothing', async () => {
    await postCsv(server, 'kind=contacts', `${header},addressee\nanna,PHONE,1,Old\nben,PHONE,2,\n`);
    const { body } = await postCsv(
      server,
      'kind=contacts&mode=addOrUpdate',
      `${header},addressee\nanna,PHONE,1,New\nanna,PHONE,9,\n`,
    );
    expect(body).toMatchObject({ state: 'applied', counts: { created: 1, updated: 1, removed: 0 } });
    expect(await contactsOf(server, 'anna')).toEqual([
      { type: 'PHONE', contact: '1', addressee: 'New' },
      { type: 'PHONE', contact: '9' },
    ]);
    expect(await contactsOf(server, 'ben')).toEqual([{ type: 'PHONE', contact: '2' }]);
  });

  test('I21 replaceAllPatrons is held, and once approved takes imported contacts of unnamed patrons', async () => {
    await postCsv(server, 'kind=contacts', `${header}\nanna,PHONE,1\nben,PHONE,2\ncleo,PHONE,3\n`);
    await addByHand(server, 'ben', { type: 'PHONE', contact: '22' });
    const held = await postCsv(server, 'kind=contacts&mode=replaceAllPatrons', `${header}\nanna,PHONE,5\n`);
    expect([held.status, held.body.state, held.body.approvedBy]).toEqual([201, 'held', null]);
    expect(held.body.counts).toMatchObject({ created: 1, removed: 3 });
    expect(await contactsOf(server, 'cleo')).toEqual([{ type: 'PHONE', contact: '3' }]);
    expect((await request(server, 'GET', `/imports/${held.body.id}/rows`)).body.items).toMatchObject([
      { row: 2, outcome: 'created' },
    ]);

    const applied = await request(server, 'POST', `/imports/${held.body.id}/approve`);
    expect([applied.status, applied.body.id]).toEqual([200, held.body.id]);
    expect(applied.body).toMatchObject({ state: 'applied', approvedBy: 'admin', counts: held.body.counts });
    expect(await contactsOf(server, 'anna')).toEqual([{ type: 'PHONE', contact: '5' }]);
    expect(await contactsOf(server, 'ben')).toEqual([{ type: 'PHONE', contact: '22', origin: 'custom' }]);
    expect(await contactsOf(server, 'cleo')).toEqual([]);

    const again = await request(server, 'POST', `/imports/${held.body.id}/approve`);
    expect([again.status, again.body.code]).toEqual([409, 'conflict']);
  });

  test('I21 replaceAllPatrons discarded changes nothing', async () => {
    await postCsv(server, 'kind=contacts', `${header}\nanna,PHONE,1\n`);
    const held = await postCsv(server, 'kind=contacts&mode=replaceAllPatrons', `${header}\nben,PHONE,2\n`);
    const discarded = await request(server, 'POST', `/imports/${held.body.id}/discard`);
    expect([discarded.status, discarded.body.state]).toEqual([200, 'discarded']);
    expect(await contactsOf(server, 'anna')).toEqual([{ type: 'PHONE', contact: '1' }]);
    expect(await contactsOf(server, 'ben')).toEqual([]);
    expect((await request(server, 'POST', `/imports/${held.body.id}/approve`)).status).toBe(409);
  });

  test('M3 full makes patrons that the file leaves out inactive', async () => {
    const { body } = await postCsv(server, 'kind=patrons&mode=full', 'username\nanna\n');
    expect(body.counts).toMatchObject({ inactivated: 2, unchanged: 1 });
    expect(await server.store.read.patrons.findByKey('username', 'ben')).toMatchObject({
      status: 'INACTIVE',
    });
  });
});

describe('undo', () => {
  test('an undo takes back what stands as the run left it; what a hand changed since stays and is listed', async () => {
    await postCsv(server, 'kind=contacts', `${header}\nanna,PHONE,1\nben,PHONE,2\n`);
    const run = await postCsv(
      server,
      'kind=contacts',
      `${header}\nanna,PHONE,11\nben,PHONE,22\ncleo,PHONE,33\n`,
    );
    await changeByHand(server, 'ben', '22', { contact: '2222' });

    const undo = await request(server, 'POST', `/imports/${run.body.id}/undo`);
    expect(undo.status).toBe(201);
    expect(undo.body).toMatchObject({ mode: 'undo', state: 'applied', undoes: run.body.id, fileName: null });
    expect(await contactsOf(server, 'anna')).toEqual([{ type: 'PHONE', contact: '1' }]);
    expect(await contactsOf(server, 'cleo')).toEqual([]);
    expect(await contactsOf(server, 'ben')).toContainEqual({
      type: 'PHONE',
      contact: '2222',
      origin: 'custom',
    });
    const { body: rows } = await request(server, 'GET', `/imports/${undo.body.id}/rows`);
    expect(rows.items).toMatchObject([{ outcome: 'ignored', code: 'kept-changed-since' }]);
    expect(rows.items[0].message).toContain('2222');

    expect((await request(server, 'GET', `/imports/${run.body.id}`)).body).toMatchObject({
      state: 'undone',
      undoneBy: undo.body.id,
    });
    expect((await request(server, 'POST', `/imports/${run.body.id}/undo`)).body.code).toBe('conflict');
    const noFile = await request(server, 'GET', `/imports/${undo.body.id}/failed-rows.csv`);
    expect([noFile.status, noFile.body.code]).toEqual([409, 'conflict']);
  });

  test('a dry run and a failed run have nothing to undo', async () => {
    const dry = await postCsv(server, 'kind=contacts&dryRun=true', `${header}\nanna,PHONE,1\n`);
    const refused = await postCsv(server, 'kind=contacts', 'nonsense\n1\n');
    for (const id of [dry.body.id, refused.body.run]) {
      expect((await request(server, 'POST', `/imports/${id}/undo`)).status).toBe(409);
    }
  });
});

describe('waiting and taking turns', () => {
  test('wait=false answers 202 with the run as received, and progress is served until it has ended', async () => {
    const imports = await holdImports(server);
    const sent = await postCsv(server, 'kind=contacts&wait=false', `${header}\nanna,PHONE,1\n`);
    const { id } = sent.body;
    expect([sent.status, sent.body.state]).toEqual([202, 'received']);
    const nothing = { rowsRead: 0, subjectsPlanned: 0, subjectsTotal: 0, applied: 0 };
    expect(sent.body.progress).toEqual(nothing);

    await server.store.transact((tx) => tx.runs.begin(id, Date.now()));
    await imports.report({ runId: id, rowsRead: 8_192, subjectsPlanned: 1_000 });
    const running = await request(server, 'GET', `/imports/${id}`);
    expect(running.body).toMatchObject({ state: 'running', finishedAt: null });
    expect(running.body.progress).toEqual({ ...nothing, rowsRead: 8_192, subjectsPlanned: 1_000 });
    expect((await request(server, 'GET', '/imports')).body.items[0].progress).toEqual(running.body.progress);

    await imports.letGo();
    const done = await until(
      () => request(server, 'GET', `/imports/${id}`),
      ({ body }) => body.state !== 'received' && body.state !== 'running',
    );
    expect(done.body).toMatchObject({ state: 'applied', progress: null, counts: { created: 1 } });
  });

  test('a refused file of somebody who did not wait is seen at its run', async () => {
    const sent = await postCsv(server, 'kind=contacts&wait=false', 'nonsense\n1\n');
    expect(sent.status).toBe(202);
    const run = await server.context.imports.waitFor('main', sent.body.id);
    expect(run).toMatchObject({ state: 'failed', failure: { code: 'file-refused' } });
  });

  test('S10 the same bytes in flight join their run; other bytes, modes and dry runs do not', async () => {
    const imports = await holdImports(server);
    const file = `${header}\nanna,PHONE,1\n`;
    const query = 'kind=contacts&wait=false';
    const [first, joined, other, mode, dry] = [
      await postCsv(server, query, file),
      await postCsv(server, query, file),
      await postCsv(server, query, `${header}\nanna,PHONE,2\n`),
      await postCsv(server, `${query}&mode=addOrUpdate`, file),
      await postCsv(server, `${query}&dryRun=true`, file),
    ];
    expect(joined.body.id).toBe(first.body.id);
    expect(new Set([first, other, mode, dry].map(({ body }) => body.id)).size).toBe(4);
    await imports.letGo();
    for (const { body } of [first, other, mode, dry]) {
      expect(await server.context.imports.waitFor('main', body.id)).toMatchObject({ state: 'applied' });
    }
    const later = await postCsv(server, query, file);
    expect(later.body.id).toBeGreaterThan(dry.body.id);
  });

  test('S10 two uploads at once wait for their turns, and both requests with them', async () => {
    const imports = await holdImports(server);
    const answers: string[] = [];
    const post = async (contact: string) => {
      const answer = await postCsv(
        server,
        'kind=contacts&mode=addOrUpdate',
        `${header}\nanna,PHONE,${contact}\n`,
      );
      answers.push(contact);
      return answer;
    };
    const both = Promise.all([post('1'), post('2')]);
    await until(
      () => request(server, 'GET', '/imports?state=received'),
      ({ body }) => body.total === 2,
    );
    expect(answers).toEqual([]);
    await imports.letGo();
    const done = await both;
    expect(done.map(({ status, body }) => [status, body.state])).toEqual([
      [201, 'applied'],
      [201, 'applied'],
    ]);
    const [first, second] = done.map(({ body }) => body).sort((a, b) => a.id - b.id);
    expect(first.finishedAt <= second.startedAt).toBe(true);
    expect((await contactsOf(server, 'anna')).map(({ contact }) => contact).sort()).toEqual(['1', '2']);
  });

  test('approve and undo need not be waited for either', async () => {
    await postCsv(server, 'kind=contacts', `${header}\nben,PHONE,2\n`);
    const held = await postCsv(server, 'kind=contacts&mode=replaceAllPatrons', `${header}\nanna,PHONE,1\n`);
    const imports = await holdImports(server);
    const approved = await request(server, 'POST', `/imports/${held.body.id}/approve?wait=false`);
    expect([approved.status, approved.body.state, approved.body.approvedBy]).toEqual([
      202,
      'received',
      'admin',
    ]);
    await imports.letGo();
    expect(await server.context.imports.waitFor('main', held.body.id)).toMatchObject({ state: 'applied' });

    const again = await holdImports(server);
    const undo = await request(server, 'POST', `/imports/${held.body.id}/undo?wait=false`);
    expect([undo.status, undo.body.state, undo.body.undoes]).toEqual([202, 'received', held.body.id]);
    await again.letGo();
    await server.context.imports.waitFor('main', undo.body.id);
    expect(await contactsOf(server, 'ben')).toEqual([{ type: 'PHONE', contact: '2' }]);
  });
});
