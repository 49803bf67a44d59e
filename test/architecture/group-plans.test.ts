import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts';
import { SqliteStorage, tenantFile } from '../../src/storage/sqlite/sqlite-storage.ts';
import { groupQuestions } from '../support/group-questions.ts';
import { fillGroups } from '../support/many-groups.ts';

let dataDir: string;
let storage: SqliteStorage;
let store: TenantStore;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'muster-group-plans-'));
  storage = SqliteStorage.open({ dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  store = await storage.tenant('main');
  using connection = new SqliteConnection(tenantFile(dataDir, 'main'), { busyTimeoutMs: 0 });
  connection.exec('begin');
  for (const text of fillGroups(1, 5_000, 50_000)) connection.exec(text);
  connection.exec('commit');
});
afterAll(async () => {
  await storage[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The steps of the plans of everything that a question asks, as the file's figures have them or as ANALYZE would. */
async function stepsOf(question: string, analyzed: boolean): Promise<string[]> {
  const prepared = vi.spyOn(SqliteConnection.prototype, 'prepare');
  await store.snapshot((read) => groupQuestions[question]!(read));
  const texts = new Set(prepared.mock.calls.map(([text]) => text));
  vi.restoreAllMocks();
  using connection = new SqliteConnection(tenantFile(dataDir, 'main'), { busyTimeoutMs: 0 });
  connection.exec('begin');
  if (analyzed) connection.exec('analyze');
  const steps = [...texts]
    .filter((text) => /^\s*(?:select|with)\b/.test(text))
    .flatMap((text) => connection.all<{ detail: string }>(`explain query plan ${text}`));
  connection.exec('rollback');
  return steps.map(({ detail }) => detail);
}

/** A step that reads a table through, or all of a tenant's rows of it. */
const readsThrough = /^SCAN (?!chain|reach|json_each|wanted|CONSTANT)|\(tenant_id=\?\)$/;

test('the memberships of a patron are read upwards from the patron, whatever the figures say', async () => {
  for (const analyzed of [false, true]) {
    const steps = await stepsOf('memberships of a patron', analyzed);
    expect(steps.filter((step) => /^(?:SEARCH|SCAN)/.test(step))).toEqual([
      'SEARCH member USING COVERING INDEX section_member_patron (tenant_id=? AND patron_id=?)',
      'SEARCH section USING PRIMARY KEY (tenant_id=? AND id=?)',
      'SCAN chain',
      'SEARCH patron_group USING PRIMARY KEY (tenant_id=? AND id=?)',
      'SEARCH authorization_set USING PRIMARY KEY (tenant_id=? AND id=?) LEFT-JOIN',
    ]);
  }
});

test.each(['SCAN section_member', 'SEARCH section USING PRIMARY KEY (tenant_id=?)'])(
  'the reader of plans would find %s',
  (step) => {
    expect(readsThrough.test(step)).toBe(true);
  },
);

test.each([false, true])(
  'what is asked of very many members looks up what it needs (analyzed: %s)',
  async (analyzed) => {
    for (const question of Object.keys(groupQuestions)) {
      const steps = await stepsOf(question, analyzed);
      expect(steps.filter((step) => /^(?:SEARCH|SCAN)/.test(step)).length, question).toBeGreaterThan(0);
      expect(
        steps.filter((step) => readsThrough.test(step)),
        question,
      ).toEqual([]);
    }
  },
);
