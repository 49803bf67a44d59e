import { afterAll, beforeAll, expect, test } from 'vitest';
import type pg from 'pg';
import { asked } from '../support/asked.ts';
import { engines, type OpenedStorage } from '../support/engines.ts';
import { groupQuestions } from '../support/group-questions.ts';
import { fillGroups } from '../support/many-groups.ts';
import { asAdmin, asSuperuser } from '../support/postgres-databases.ts';

let opened: OpenedStorage;

beforeAll(async () => {
  opened = await engines[0]!.open();
  await onServer(async (client) => {
    for (const text of fillGroups(1, 5_000, 50_000)) await client.query(text);
    for (const text of fillGroups(2, 500, 5_000)) await client.query(text);
  });
});
afterAll(() => opened[Symbol.asyncDispose]());

function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  return asAdmin(work, asSuperuser(opened.place.databaseUrl!));
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Recheck Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Every reading of a table in the plans of what a question asks: how, which table, and by what. */
async function readsOf(question: string): Promise<string[]> {
  const statements = await asked(() => groupQuestions[question]!(opened.main.read));
  return onServer(async (client) => {
    await client.query('begin; set local role muster_test');
    await client.query(`select set_config('muster.tenant_id', '1', true)`);
    const reads: string[] = [];
    for (const { text, values } of statements.filter((one) => /^\s*(?:select|with)\b/.test(one.text))) {
      const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
        text: `explain (format json) ${text}`,
        values,
      });
      visit(rows[0]!['QUERY PLAN'][0]!.Plan, reads);
    }
    return reads;
  });
}

function visit(node: PlanNode, reads: string[]): void {
  const table = node['Relation Name'];
  if (table !== undefined) {
    reads.push(`${node['Node Type']} ${table} ${node['Index Cond'] ?? node['Recheck Cond'] ?? ''}`);
  }
  for (const inner of node.Plans ?? []) visit(inner, reads);
}

/** All of a tenant's rows, or of everybody's: no condition, or none but the tenant. */
const readsThrough = /section_member (?:\(tenant_id = '1'::bigint\))?$/;

test.each(['Seq Scan section_member ', "Index Only Scan section_member (tenant_id = '1'::bigint)"])(
  'the reader of plans would find %s',
  (read) => {
    expect(readsThrough.test(read)).toBe(true);
  },
);

test('what is asked of very many members looks up what it needs, before ANALYZE has seen them and after', async () => {
  for (const analyze of ['', 'analyze']) {
    await onServer((client) => client.query(analyze));
    for (const question of Object.keys(groupQuestions)) {
      const through = (await readsOf(question)).filter((read) => readsThrough.test(read));
      expect(through, question).toEqual([]);
    }
    // From the patron upwards, never from all sections downwards.
    const memberships = await readsOf('memberships of a patron');
    expect(memberships.filter((read) => /section/.test(read))).toEqual([
      "Index Only Scan section_member ((tenant_id = '1'::bigint) AND (patron_id = '77'::bigint))",
      "Index Scan section ((tenant_id = '1'::bigint) AND (id = member.section_id))",
    ]);
  }
});
