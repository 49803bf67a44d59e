import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PlanItemView } from '../../src/directory/plan-item-view.ts';
import type { PlanTotals } from '../../src/directory/view-plan.ts';
import type { RunView } from '../../src/directory/view-run.ts';
import { upTo } from '../support/records.ts';
import { makeFolder, runMuster, runMusterJson } from '../support/run-muster.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

test('S10 a threshold that is passed: exit code 5, why, what it comes to, and the plan to look at', async () => {
  const dataDir = join(folder.path, 'data');
  const [all, half] = [join(folder.path, 'all.csv'), join(folder.path, 'half.csv')];
  await writeFile(
    all,
    `username\n${upTo(100)
      .map((id) => `u${id}\n`)
      .join('')}`,
  );
  await writeFile(
    half,
    `username,room\n${upTo(40)
      .map((id) => `u${id},${id === 1 ? 'r1' : ''}\n`)
      .join('')}`,
  );
  const args = ['import', 'patrons', half, '--mode', 'full'];
  expect(await runMuster(dataDir, ['import', 'patrons', all, '--mode', 'full'])).toMatchObject({ code: 0 });

  const dry = await runMuster(dataDir, [...args, '--dry-run']);
  expect(dry.code).toBe(0);
  expect(dry.stdout).toContain('It would be held: 60 of 100 active patrons would become inactive');
  expect(dry.stdout).toContain('Plan: 60 patrons become inactive.\n');

  const held = await runMusterJson<RunView & { plan: PlanTotals }>(dataDir, args, { code: 5 });
  expect(held).toMatchObject({ state: 'held', plan: { patrons: { inactivated: 60 } } });
  expect(held.plan.sentences[0]).toBe('60 patrons become inactive.');
  const run = String(held.id);
  const shown = await runMuster(dataDir, ['runs', run]);
  expect(shown.stdout).toContain(`Plan: 60 patrons become inactive.\n`);
  expect(shown.stdout).toContain(`To apply it: muster approve ${run}. To drop it: muster discard ${run}.`);

  const plan = await runMuster(dataDir, ['runs', run, '--plan']);
  expect(plan.code).toBe(0);
  expect(plan.stdout).toContain('u1\n  patron updated: room (nothing) → r1\n');
  expect(plan.stdout).toContain('u41\n  patron inactivated: status ACTIVE → INACTIVE\n');
  expect(plan.stdout.match(/^u\d+$/gm)).toHaveLength(61);
  const losing = await runMuster(dataDir, ['runs', run, '--losing', '--json']);
  const items = losing.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PlanItemView);
  expect(items).toHaveLength(60);
  expect(items.every(({ loses }) => loses)).toBe(true);

  expect(await runMuster(dataDir, ['approve', run])).toMatchObject({ code: 0 });
  expect((await runMuster(dataDir, ['runs', run, '--plan'])).stdout.match(/^u\d+$/gm)).toHaveLength(61);
  expect(await runMuster(dataDir, ['runs', '--plan'])).toMatchObject({ code: 2, stdout: '' });
});
