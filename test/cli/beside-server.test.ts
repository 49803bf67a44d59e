import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HistoryItem } from '../../src/directory/history.ts';
import type { PatronExport } from '../../src/directory/export-patron.ts';
import type { TenantView } from '../../src/directory/tenants.ts';
import type { RunRowView, RunView } from '../../src/directory/view-run.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { makeFolder, runMuster, runMusterJson, type RunOptions } from '../support/run-muster.ts';
import { basic, postContacts } from '../support/server.ts';

type RunReport = RunView & { failedRows: { items: RunRowView[]; total: number } };

/** The file of the vendor's page, spaces and misspelt type included. */
const vendorSample = `username,type,role,primary,addressee,contact,scenarios
jdoe1,EMAIL,PATRON,TRUE,,jdoe1@yourschool.com,ANY
jdoe1,EMAIL,GUARDIAN,FALSE,Jane Doe,jane.doe@example.com,OVERDUE_ESCALATION_ONE;OVERDUE_ESCALATION_TWO;OVERDUE_ESCALATION_THREE
wchurchill,EMAIL,PATRON,TRUE,,churchill@yourschool.com, ANY
wchurchill,PHOME,PATRON,TRUE,,01 2345 6789,ANY
`;

let folder: Awaited<ReturnType<typeof makeFolder>>;
let server: ProcessServer;
let dataDir: string;
const muster = (args: string[], options?: RunOptions) => runMuster(dataDir, args, options);
const musterJson = <T>(args: string[], options?: RunOptions & { code?: number }) =>
  runMusterJson<T>(dataDir, args, options);

beforeAll(async () => {
  folder = await makeFolder();
  dataDir = join(folder.path, 'data');
  server = await startProcess({ dataDir, args: ['--demo'] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, text);
  return path;
}

/** These share the one server and go in this order: each says what it needs of those before. */
describe('beside a running server', () => {
  test('the demo school takes the vendor’s sample as it stands, and later starts leave it alone', async () => {
    expect((await postContacts(server, vendorSample)).body).toEqual({
      success: true,
      summary: 'Contacts for 2 patrons updated successfully.',
    });
    const second = await muster(['serve', '--demo'], { env: { MUSTER_PORT: '0' } });
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(/^Another Muster server uses the data directory .*\n$/);
  });

  test('recipients, by any key of the patron and any case of the scenario', async () => {
    const answer = await musterJson(['recipients', '2900101', 'overdue_escalation_one']);
    expect(answer).toEqual({
      items: [
        { contact: 'jdoe1@yourschool.com', addressee: 'John Doe', field: 'to' },
        { contact: 'jane.doe@example.com', addressee: 'Jane Doe', field: 'to' },
      ],
    });
  });

  test('history says which file or person a value came from', async () => {
    const { items, total } = await musterJson<{ items: HistoryItem[]; total: number }>([
      'history',
      'jdoe1',
      '--field',
      'contact',
    ]);
    expect(total).toBe(items.length);
    const tutor = items.filter(({ changes }) =>
      changes.some(({ after, before }) => [after, before].includes('tutor.9b@school.example')),
    );
    // Made by hand by the demo, and removed by a file that replaces (newest first).
    expect(tutor.map(({ action, actor, channel }) => ({ action, actor, channel }))).toEqual([
      { action: 'removed', actor: 'admin', channel: 'infiniti' },
      { action: 'created', actor: 'demo', channel: 'cli' },
    ]);
    const { stdout } = await muster(['history', 'jdoe1', '--limit', '1']);
    expect(stdout).toMatch(/ by admin \(infiniti\), run 3\n[^]*older entries; --limit shows more\.\n$/);
  });

  test('a file imported with some rows failed: exit code 4, and the rest is applied', async () => {
    const path = await file('bad.csv', 'username,firstname,role\nnew1,Ann,STUDENT\nnew2,Bob,WIZARD\n');
    const report = await musterJson<RunReport>(['import', 'patrons', path], { code: 4 });
    expect(report).toMatchObject({
      kind: 'patrons',
      mode: 'addOrUpdate',
      channel: 'cli',
      state: 'applied',
      counts: { created: 1, failed: 1 },
      failedRows: { total: 1, items: [{ row: 3, outcome: 'failed', column: 'role', value: 'WIZARD' }] },
    });
    const csv = await muster(['runs', String(report.id), '--failed-rows']);
    expect(csv).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^username,firstname,role\r?\nnew2,Bob,WIZARD\r?\n$/),
    });
    // The text for people names the row, the value and what to do next.
    const again = await muster(['import', 'patrons', path]);
    expect(again.code).toBe(4);
    expect(again.stdout).toMatch(/^Run \d+: .*1 row failed\.\nRow 3: .*WIZARD/);
  });

  test('a dry run changes nothing; standard input is a file too', async () => {
    const input = 'username,firstname\nnew1,Anna\n';
    const dry = await musterJson<RunReport>(['import', 'patrons', '-', '--dry-run'], { input });
    expect(dry).toMatchObject({ dryRun: true, state: 'applied', counts: { updated: 1 } });
    expect(dry.summary).toMatch(/^Dry run; nothing changed\. /);
    const listed = await muster(['runs']);
    expect(listed.stdout).toMatch(new RegExp(`\\n${dry.id} .* dry run .*nothing changed`));
    expect((await musterJson<PatronExport>(['export', 'new1'])).patron.firstname).toBe('Ann');
    const wet = await musterJson<RunReport>(['import', 'patrons', '-', '-k', 'username'], { input });
    expect(wet).toMatchObject({ dryRun: false, counts: { updated: 1 } });
    const undone = await musterJson<RunView>(['undo', String(wet.id)]);
    expect(undone).toMatchObject({ undoes: wet.id, state: 'applied', counts: { updated: 1 } });
    expect((await musterJson<PatronExport>(['export', 'new1'])).patron.firstname).toBe('Ann');
    const twice = await muster(['undo', String(wet.id)]);
    expect(twice).toMatchObject({ code: 1, stdout: '' });
    expect(twice.stderr).toMatch(/was undone already/);
  });

  test('an undo says what it did, and each reason for what stays once', async () => {
    const many = await file('undo.csv', 'username,firstname\nundo1,Ada\nundo2,Bea\nundo3,Cyd\n');
    const { id } = await musterJson<RunReport>(['import', 'patrons', many]);
    const since = await file('since.csv', 'username,type,contact\nundo1,PHONE,1\nundo2,PHONE,2\n');
    await musterJson(['import', 'contacts', since]);
    const { code, stdout } = await muster(['undo', String(id)]);
    expect(code).toBe(0);
    const [first, ...rest] = stdout.trimEnd().split('\n');
    expect(first).toMatch(
      new RegExp(
        `^Run \\d+: Run ${id} taken back: 1 patron removed\\. 2 of 3 patrons keep something of it, because of later changes\\.$`,
      ),
    );
    expect(rest).toEqual(['Changed or given contacts since, so these patrons stay:', '  Ada', '  Bea']);
    const listed = await muster(['runs']);
    expect(listed.stdout).toMatch(new RegExp(`\\n${id} .* undone .*3 created.* Undone by run \\d+\\.\\n`));
  });

  test('a mode that is always shown first is held: exit code 5, then approved or discarded', async () => {
    const path = await file('few.csv', 'username,type,contact\njdoe1,EMAIL,jdoe1@yourschool.com\n');
    const args = ['import', 'contacts', path, '--mode', 'replaceAllPatrons'];
    const held = await musterJson<RunReport>(args, { code: 5 });
    expect(held.state).toBe('held');
    expect(await muster(['discard', String(held.id)])).toMatchObject({ code: 0 });
    expect(await muster(['approve', String(held.id)])).toMatchObject({ code: 1, stdout: '' });
    const { items } = await musterJson<{ items: RunView[] }>(['runs', '--state', 'discarded']);
    expect(items.map(({ id }) => id)).toEqual([held.id]);
  });

  test('an account is made by standard input alone and may sign in at once', async () => {
    const password = 'correct horse: battery ü';
    const args = ['account', 'add', 'autoimport', '--capability', 'administer'];
    const made = await muster(args, { input: `${password}\nanother line\n` });
    expect(made).toEqual({ code: 0, stdout: 'Account autoimport was made in tenant main.\n', stderr: '' });
    const answer = await postContacts(server, '', 'replaceDeclaredPatrons', basic('autoimport', password));
    expect(answer.status).toBe(200);
    expect(server.output()).not.toContain(password);

    expect(await muster(args, { input: password })).toMatchObject({ code: 1 });
    const short = await muster(['account', 'add', 'b', '-c', 'view'], { input: 'short\n' });
    expect(short).toMatchObject({ code: 2, stderr: expect.stringMatching(/at least 8 characters/) });
    expect(await muster(['account', 'add', 'b', '-c', 'fly'], { input: password })).toMatchObject({
      code: 2,
    });

    const changed = await muster(['account', 'password', 'autoimport'], { input: 'quite another one\n' });
    expect(changed.code).toBe(0);
    const old = await postContacts(server, '', 'replaceDeclaredPatrons', basic('autoimport', password));
    expect(old.status).toBe(401);
    expect(await musterJson(['account', 'remove', 'autoimport'])).toMatchObject({ username: 'autoimport' });
    const { items } = await musterJson<{ items: object[] }>(['account', 'list']);
    expect(items).toEqual([
      expect.objectContaining({
        username: 'admin',
        disabled: false,
        capabilities: expect.arrayContaining(['administer']),
      }),
    ]);
    expect(JSON.stringify(items)).not.toContain('argon2');
  });

  test('a tenant of its own, reached by its host', async () => {
    const args = [
      'tenant',
      'add',
      'north',
      '--name',
      'North School',
      '--zone',
      'Europe/London',
      '--host',
      'North.Example',
    ];
    const tenant = { slug: 'north', name: 'North School', zone: 'Europe/London', hosts: ['north.example'] };
    expect(await musterJson<TenantView>(args)).toEqual(tenant);
    expect(await muster(args)).toMatchObject({ code: 1, stdout: '' });
    const set = ['tenant', 'set', 'north', '--zone', 'Australia/Perth'];
    expect(await musterJson<TenantView>(set)).toEqual({ ...tenant, zone: 'Australia/Perth' });
    expect(await muster(['tenant', 'set', 'north', '--zone', 'Mars/Base'])).toMatchObject({ code: 2 });

    const input = 'a password of north\n';
    await musterJson(['account', 'add', 'boss', '-c', 'administer', '-t', 'north'], { input });
    // Another tenant’s account does not count here.
    const here = await postContacts(server, '', 'replaceDeclaredPatrons', basic('boss', input.trim()));
    expect(here.status).toBe(401);
    expect(await muster(['history', 'jdoe1', '-t', 'north'])).toMatchObject({ code: 2, stdout: '' });
    const { stdout } = await muster(['tenant', 'list']);
    expect(stdout).toMatch(
      /^TENANT +NAME +ZONE +HOSTS\nmain +Main .*\nnorth +North School +Australia\/Perth +north\.example\n$/,
    );
  });

  test('an ambiguous patron is a usage error and the answer says how to say which', async () => {
    const path = await file('twins.csv', 'username,barcode\ntwin,t-1\nother,TWIN\n');
    await musterJson(['import', 'patrons', path]);
    const ran = await muster(['export', 'twin']);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/names 2 patrons: .*“barcode:twin”/);
    expect((await musterJson<PatronExport>(['export', 'barcode:twin'])).patron.username).toBe('other');
  });

  test('the doctor finds nothing wrong', async () => {
    const { healthy, findings } = await musterJson<{ healthy: boolean; findings: { level: string }[] }>([
      'doctor',
    ]);
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([]);
    expect(healthy).toBe(true);
  });
});
