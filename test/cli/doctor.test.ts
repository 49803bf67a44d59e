import { chmodSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkDataDir, checkNode, checkSettings } from '../../src/cli/lib/check-machine.ts';
import { readConfig } from '../../src/config/env.ts';
import { inspectTenant, keepsPrimaryRule } from '../../src/directory/inspect-tenant.ts';
import type { Contact } from '../../src/domain/contact/contact.ts';
import type { Finding } from '../../src/ports/finding.ts';
import { inspectDatabases } from '../../src/storage/sqlite/inspect.ts';
import { SqliteStorage } from '../../src/storage/sqlite/sqlite-storage.ts';
import { openEngine } from '../support/engine.ts';
import { makeFolder } from '../support/run-muster.ts';

const noon = Date.UTC(2026, 0, 5, 12);
let folder: Awaited<ReturnType<typeof makeFolder>>;
let dataDir: string;

/** An installation of two tenants, one of them with a patron that has an e-mail. */
beforeEach(async () => {
  folder = await makeFolder();
  dataDir = join(folder.path, 'data');
  await using storage = SqliteStorage.open({ dataDir, clock: { now: () => noon }, busyTimeoutMs: 0 });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  await storage.createTenant({ slug: 'north', name: 'North', zone: 'UTC' }, []);
});
afterEach(() => folder[Symbol.asyncDispose]());

function tamper(file: string, sql: string): void {
  const database = new DatabaseSync(join(dataDir, file));
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

const ill = (findings: readonly Finding[]) =>
  findings
    .filter(({ level }) => level !== 'good')
    .map(({ check, level, finding }) => [check, level, finding]);

describe('the doctor looks at the files', () => {
  test('sound ones', () => {
    expect(inspectDatabases(dataDir).map(({ check, level }) => [check, level])).toEqual([
      ['system.db', 'good'],
      ['tenants/main.db', 'good'],
      ['tenants/north.db', 'good'],
    ]);
  });

  test('one that is missing', () => {
    rmSync(join(dataDir, 'tenants/north.db'));
    expect(ill(inspectDatabases(dataDir))).toEqual([
      ['tenants/north.db', 'problem', expect.stringMatching(/is missing\.$/)],
    ]);
  });

  test('one that is cut off, one that is no database', () => {
    truncateSync(join(dataDir, 'tenants/north.db'), 8192);
    writeFileSync(
      join(dataDir, 'tenants/main.db'),
      'not a database at all, but long enough to be read as one',
    );
    expect(ill(inspectDatabases(dataDir)).map(([check, level]) => [check, level])).toEqual([
      ['tenants/main.db', 'problem'],
      ['tenants/north.db', 'problem'],
    ]);
  });

  test('a search index that lost a record, and one with a record too many', () => {
    tamper('tenants/main.db', `INSERT INTO patron_search (rowid, text) VALUES (7, 'somebody who is gone')`);
    tamper(
      'tenants/north.db',
      `INSERT INTO patron SELECT 2, 1, 'u', '', '', 'u', NULL, NULL, '', '', '', '', 1, 1, 'u', NULL, 0, 0, NULL`,
    );
    expect(ill(inspectDatabases(dataDir))).toEqual([
      ['tenants/main.db', 'problem', 'The search index lacks 0 records and holds 1 that are gone.'],
      ['tenants/north.db', 'problem', 'The search index lacks 1 records and holds 0 that are gone.'],
    ]);
  });

  test('a schema of another version', () => {
    tamper('tenants/main.db', `INSERT INTO schema_migration VALUES (9999, 'tomorrow', 0)`);
    tamper(
      'tenants/north.db',
      'DELETE FROM schema_migration WHERE number > 2; UPDATE schema_migration SET number = 1',
    );
    expect(ill(inspectDatabases(dataDir))).toEqual([
      ['tenants/main.db', 'problem', expect.stringMatching(/^Schema 9999 is newer/)],
      ['tenants/north.db', 'warning', expect.stringMatching(/^Schema 1 is older/)],
    ]);
  });
});

describe('the doctor looks at what is in them', () => {
  test('a tenant nobody may administer, imports that are held or stand still', async () => {
    await using engine = await openEngine(noon);
    await engine.importCsv('username,firstname\njdoe1,John\n', { kind: 'patrons' });
    await engine.importCsv('username,type,contact\njdoe1,EMAIL,j@x.example\n');
    await engine.importCsv('username,type,contact\n', { mode: 'replaceAllPatrons' });
    await engine.receive('username,type,contact\n', { sender: 'another' });
    const early = await inspectTenant(engine.store.read, 'main', noon + 60_000);
    const held = ['tenant main', 'warning', '1 import is held for approval.'];
    const nobody = ['tenant main', 'warning', 'No account may administer this tenant.'];
    expect(ill(early)).toEqual([held, nobody]);
    const late = await inspectTenant(engine.store.read, 'main', noon + 2 * 60 * 60_000);
    const stuck = ['tenant main', 'problem', '1 import has not ended for more than an hour.'];
    expect(ill(late)).toEqual([stuck, held, nobody]);
  });

  const contact = (type: Contact['type'], primary: boolean) => ({ type, primary }) as Contact;
  test.each([
    ['no contact', [], true],
    ['one primary e-mail beside another', [contact('EMAIL', true), contact('EMAIL', false)], true],
    ['a phone that nobody chose', [contact('PHONE', false)], true],
    ['e-mails without a primary one', [contact('EMAIL', false)], false],
    ['two primary e-mails', [contact('EMAIL', true), contact('EMAIL', true)], false],
    ['two primary phones', [contact('PHONE', true), contact('PHONE', true)], false],
  ])('I11 %s: kept is %s', (_what, contacts, kept) => {
    expect(keepsPrimaryRule(contacts)).toBe(kept);
  });
});

describe('the doctor looks at the machine', () => {
  test('Node, settings, certificate', () => {
    expect(checkNode('26.10.0').level).toBe('good');
    expect(checkNode('20.20.2').level).toBe('problem');
    const findings = (env: Record<string, string>) =>
      checkSettings(readConfig(env), noon).map(({ check, level }) => [check, level]);
    expect(findings({})).toEqual([['settings', 'good']]);
    expect(findings({ MUSTER_RATE_LIMIT: 'off' })).toEqual([['settings', 'warning']]);
    const tls = { MUSTER_TLS_CERT: '/nowhere/cert.pem', MUSTER_TLS_KEY: '/nowhere/key.pem' };
    expect(findings(tls)).toEqual([['certificate', 'problem']]);
  });

  test('the data directory and what should not stay in it', () => {
    mkdirSync(join(dataDir, 'before-restore-1'));
    writeFileSync(join(dataDir, 'initial-admin-password.txt'), '');
    chmodSync(dataDir, 0o755);
    const findings = ill(checkDataDir(dataDir)).filter(([check]) => check === 'data directory');
    expect(findings.map(([, level, finding]) => [level, finding])).toEqual(
      expect.arrayContaining([
        ['warning', expect.stringMatching(/open to other users/)],
        ['warning', expect.stringMatching(/initial-admin-password\.txt is still there/)],
        ['warning', expect.stringMatching(/holds what a restore replaced/)],
      ]),
    );
    expect(ill(checkDataDir(join(folder.path, 'nowhere')))).toHaveLength(1);
  });
});
