import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantReader } from '../../src/ports/tenant-store.ts';
import { asked } from '../support/asked.ts';
import { engines, type OpenedStorage } from '../support/engines.ts';
import { fillGroups } from '../support/many-groups.ts';
import { asAdmin, asSuperuser } from '../support/postgres-databases.ts';

/**
 * What every call asks is planned once for whatever values come (decision 0014), so it is that plan that has to go by
 * the index.
 */
const questions: Readonly<Record<string, (read: TenantReader) => Promise<unknown>>> = {
  'a patron by username': ({ patrons }) => patrons.findByKey('username', 'p77'),
  'a patron by barcode': ({ patrons }) => patrons.findByKey('barcode', 'b77'),
  'a patron by externalid': ({ patrons }) => patrons.findByKey('externalid', 'e77'),
  'a patron by any key': ({ patrons }) => patrons.listByAnyKey('p77'),
  'a patron with its contacts by username': ({ lookup }) => lookup.listWithContacts('username', 'p77', 2),
  'a patron with its contacts by barcode': ({ lookup }) => lookup.listWithContacts('barcode', 'b77', 2),
  'a patron with its contacts by externalid': ({ lookup }) => lookup.listWithContacts('externalid', 'e77', 2),
  'a patron with its contacts by e-mail': ({ lookup }) => lookup.listWithContacts('email', 'a@b.example', 2),
  'patrons by e-mail': ({ lookup }) => lookup.listByEmail('a@b.example', 2),
  'patrons by keys': ({ patrons }) => patrons.mapByKey('username', ['p1', 'p2']),
  'contacts of a patron': ({ contacts }) => contacts.listByPatron(77),
  'contacts of patrons': ({ contacts }) => contacts.mapByPatron([1, 2]),
  'memberships of a patron': ({ access }) => access.listMemberships(77),
};

let opened: OpenedStorage;

beforeAll(async () => {
  opened = await engines[0]!.open();
});
afterAll(() => opened[Symbol.asyncDispose]());

function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  return asAdmin(work, asSuperuser(opened.place.databaseUrl!));
}

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

function visit(node: PlanNode, reads: string[]): void {
  const table = node['Relation Name'];
  if (table !== undefined) reads.push(`${table} ${node['Index Cond'] ?? node['Recheck Cond'] ?? ''}`);
  for (const inner of node.Plans ?? []) visit(inner, reads);
}

/** Every reading of a table, and by what, in the plan that is made once for all values. */
async function readsOf(question: string): Promise<string[]> {
  const statements = await asked(() => questions[question]!(opened.main.read));
  return onServer(async (client) => {
    await client.query(`begin; set local role muster_test; set local plan_cache_mode = force_generic_plan`);
    await client.query(`select set_config('muster.tenant_id', '1', true)`);
    const reads: string[] = [];
    for (const [index, { text, values }] of statements.entries()) {
      await client.query(`prepare kept${index} as ${text}`);
      const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
        `explain (format json) execute kept${index} (${values.map(() => 'null').join(', ')})`,
      );
      visit(rows[0]!['QUERY PLAN'][0]!.Plan, reads);
    }
    await client.query('rollback; deallocate all');
    return reads;
  });
}

/** By nothing, or by the tenant alone. */
const readsThrough = /^(?:patron|contact_list|section_member) (?:\(tenant_id = \$\d+\))?$/;

test.each(['patron ', 'contact_list (tenant_id = $1)'])('the reader of plans would find %s', (read) => {
  expect(readsThrough.test(read)).toBe(true);
});

test('F9 W20 what every call asks goes by its index, before ANALYZE has seen the patrons and after', async () => {
  const fill = fillGroups(1, 5_000, 50_000);
  // A table that is small and not looked at yet may as well be read through for several.
  const ofSeveral = Object.keys(questions).filter((question) => /patrons/.test(question));
  const ofOne = Object.keys(questions).filter((question) => !ofSeveral.includes(question));
  const plan = async (when: string, chosen: readonly string[]) => {
    for (const question of chosen) {
      const reads = await readsOf(question);
      expect(reads.length, `${question} ${when}`).toBeGreaterThan(0);
      expect(
        reads.filter((read) => readsThrough.test(read)),
        `${question} ${when}`,
      ).toEqual([]);
    }
  };
  await onServer(async (client) => {
    for (const text of fill) await client.query(text);
    await client.query(
      `insert into contact_list (tenant_id, patron_id, contacts, contact_count, email_count, imported_count,
         created_runs, own_emails, email_key)
       select tenant_id, id, '[]', 1, 1, 1, '', '', username || '@b.example' from patron`,
    );
  });
  await plan('before ANALYZE', ofOne);
  await onServer((client) => client.query('analyze'));
  await plan('after ANALYZE', [...ofOne, ...ofSeveral]);
});
