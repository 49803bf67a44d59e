import { describe, expect, test } from 'vitest';
import { erasePatron } from '../../src/directory/erase-patron.ts';
import type { PlanItemView } from '../../src/directory/plan-item-view.ts';
import { viewPlan } from '../../src/directory/view-plan.ts';
import { purgeTenant } from '../../src/jobs/purge.ts';
import type { Run } from '../../src/ports/runs.ts';
import { approveRun } from '../../src/sync/held-run.ts';
import { requestUndo } from '../../src/sync/run-undo.ts';
import { openEngine, type CsvImport, type TestEngine } from '../support/engine.ts';
import { upTo } from '../support/records.ts';

const actor = { name: 'head', channel: 'api' } as const;
const header = 'username,type,role,contact,scenarios\n';
const page = { page: 1, pageSize: 50 };
const mode = 'replaceAllPatrons';

async function school(): Promise<TestEngine> {
  const engine = await openEngine();
  await engine.importCsv('username,firstname,surname,classgrade\nanna,Anna,Ames,7a\nben,,,7b\n', {
    kind: 'patrons',
  });
  await engine.importCsv(
    `${header}anna,EMAIL,PATRON,a@x,ANY\nanna,PHONE,GUARDIAN,1,ANY\nben,EMAIL,GUARDIAN,g@x,OVERDUE\n`,
  );
  return engine;
}

const planOf = (engine: TestEngine, run: Run) => viewPlan(engine.store.read, run, page);

/** What a plan says, without ids: `anna: contact a@x updated scenarios ANY > OVERDUE`. */
function said(items: readonly PlanItemView[]): string[] {
  const text = (value: unknown) => (Array.isArray(value) ? value.join(';') : String(value));
  return items
    .flatMap(({ username, records }) =>
      records.map(({ entity, action, contact, changes }) => {
        const shown = action === 'updated' || action === 'inactivated' ? changes : [];
        const fields = shown.map(({ field, before, after }) => ` ${field} ${text(before)} > ${text(after)}`);
        return `${username}: ${entity}${contact === null ? '' : ` ${contact}`} ${action}${fields.join()}`;
      }),
    )
    .sort();
}

const contactsFile = `${header}anna,EMAIL,PATRON,a@x,OVERDUE\nanna,PHONE,OTHER,2,ANY\n`;
const contactsSaid = [
  'anna: contact 1 removed',
  'anna: contact 2 created',
  'anna: contact a@x updated scenarios ANY > OVERDUE',
  'ben: contact g@x removed',
];
const patronsFile = 'username,firstname,classgrade\nanna,Ann,7a\ncleo,Cleo,7c\n';
const patronsSaid = [
  'anna: patron updated firstname Anna > Ann',
  'ben: patron inactivated status ACTIVE > INACTIVE',
  'cleo: patron created',
];

const cases: [string, CsvImport, string, string[]][] = [
  ['contacts', { mode }, contactsFile, contactsSaid],
  ['patrons', { kind: 'patrons', mode: 'full' }, patronsFile, patronsSaid],
];

describe.each(cases)('S9 the plan of a %s file', (_kind, request, csv, expected) => {
  test('S9 is the same as a dry run, held, applied and undone, and comes to the same for people', async () => {
    await using engine = await school();
    const dry = await engine.importCsv(csv, { ...request, dryRun: true });
    const dryPlan = await planOf(engine, dry);
    expect(said(dryPlan.items)).toEqual(expected);

    let run = await engine.importCsv(csv, request);
    const shown = await planOf(engine, run);
    expect([said(shown.items), shown.totals]).toEqual([expected, dryPlan.totals]);
    if (run.state === 'held') {
      await approveRun(engine.store, run.id, actor, engine.clock.now());
      run = await engine.perform(run.id);
    }
    expect(run.state).toBe('applied');
    const applied = await planOf(engine, run);
    expect([said(applied.items), applied.total]).toEqual([expected, dryPlan.total]);
    expect(applied.totals).toEqual(dryPlan.totals);
    expect(applied.items.every(({ patronId }) => patronId !== null)).toBe(true);

    // Later runs are not mixed into it, and an undo takes nothing away from what it says.
    engine.clock.time += 1000;
    await engine.importCsv(`${header}anna,EMAIL,PATRON,later@x,ANY\n`, { mode: 'addOrUpdate' });
    expect(said((await planOf(engine, run)).items)).toEqual(expected);
    engine.clock.time += 1000;
    const undo = await engine.perform(await requestUndo(engine.store, run.id, 'head', 'api', 0));
    const undone = (await engine.store.read.runs.findById(run.id))!;
    expect(undone.state).toBe('undone');
    expect(said((await planOf(engine, undone)).items)).toEqual(expected);
    expect((await planOf(engine, undo)).total).toBe(dryPlan.total);
  });
});

test('S9 totals tell what people lose, first of all', async () => {
  await using engine = await school();
  const held = await engine.importCsv(contactsFile, { mode });
  const { totals } = await planOf(engine, held);
  expect(totals.sentences).toEqual([
    '2 patrons lose 2 contacts.',
    '1 patron is left without any contact.',
    '1 patron is left without any e-mail.',
    expect.stringMatching(
      /^1 patron’s own address stops getting CANCELLED_RESERVATION, .*RESET_FORGOTTEN_PASSWORD\.$/,
    ),
    '1 guardian stops getting OVERDUE.',
    '2 patrons change in some way.',
  ]);
  expect(totals.messages).toContainEqual({ scenario: 'OVERDUE', role: 'GUARDIAN', stop: 1, start: 0 });
  expect(totals.messages).not.toContainEqual(
    expect.objectContaining({ scenario: 'OVERDUE', role: 'PATRON' }),
  );
});

test('S9 an undo has a plan: what it put back, beside what the run had made of it', async () => {
  await using engine = await school();
  const run = await engine.importCsv(patronsFile, { kind: 'patrons', mode: 'full' });
  engine.clock.time += 1000;
  const undo = await engine.perform(await requestUndo(engine.store, run.id, 'head', 'api', 0));
  const plan = await planOf(engine, undo);
  expect(said(plan.items)).toEqual([
    'anna: patron updated firstname Ann > Anna',
    'ben: patron updated status INACTIVE > ACTIVE',
    'cleo: patron removed',
  ]);
  expect(plan.totals.patrons).toMatchObject({ changed: 3, reactivated: 1, removed: 1 });
});

test('S9 a plan is paged, and those who lose something can be asked for alone', async () => {
  await using engine = await openEngine();
  const ids = upTo(700);
  await engine.importCsv(`username\n${ids.map((id) => `u${id}\n`).join('')}`, { kind: 'patrons' });
  await engine.importCsv(`username,type,contact\n${ids.map((id) => `u${id},PHONE,1\n`).join('')}`);
  // Every third loses its phone, the others get a second one.
  const rows = ids.map((id) => (id % 3 === 0 ? `u${id},EMAIL,a@x\n` : `u${id},PHONE,1\nu${id},PHONE,2\n`));
  const dry = await engine.importCsv(`username,type,contact\n${rows.join('')}`, { dryRun: true });
  for (const [onlyLosing, total] of [
    [false, 700],
    [true, 233],
  ] as const) {
    const seen: string[] = [];
    for (let at = 1; ; at++) {
      const { items, total: told } = await viewPlan(engine.store.read, dry, {
        page: at,
        pageSize: 90,
        onlyLosing,
      });
      expect(told).toBe(total);
      if (items.length === 0) break;
      expect(items.length).toBe(Math.min(90, total - seen.length));
      seen.push(...items.map(({ username }) => username));
    }
    expect(new Set(seen).size).toBe(total);
    expect(seen.every((name) => !onlyLosing || Number(name.slice(1)) % 3 === 0)).toBe(true);
  }
});

test('a plan is made anew with its run, and a file that is refused has none', async () => {
  await using engine = await school();
  const held = await engine.importCsv(contactsFile, { mode });
  await engine.importCsv(`${header}ben,PHONE,OTHER,5,ANY\n`, { sender: 'other' });
  await approveRun(engine.store, held.id, actor, engine.clock.now());
  const again = await engine.perform(held.id);
  // What ben has now replaces what was planned of him.
  expect(said((await planOf(engine, again)).items)).toContain('ben: contact 5 removed');
  const failed = await engine.importCsv('user\nanna\n');
  expect(await planOf(engine, failed)).toMatchObject({ items: [], total: 0 });
  await expect(planOf(engine, { ...failed, state: 'running' })).rejects.toMatchObject({ code: 'conflict' });
});

test('an erased patron is in no plan any more, also not as one that was yet to be made', async () => {
  await using engine = await school();
  const unmade = await engine.importCsv('username,surname\ncleo,Cole\n', { kind: 'patrons', dryRun: true });
  await engine.importCsv('username,surname\nCleo,Cole\n', { kind: 'patrons' });
  const dry = await engine.importCsv(contactsFile, { mode, dryRun: true });
  expect((await planOf(engine, unmade)).total).toBe(1);
  for (const username of ['cleo', 'ben']) {
    const patron = await engine.store.read.patrons.findByKey('username', username);
    await erasePatron(engine.store, patron!.id, actor, engine.clock.now());
  }
  const stored = await engine.store.read.plans.list(unmade.id, page);
  expect(stored).toEqual({ items: [], total: 0 });
  expect(said((await planOf(engine, dry)).items)).toEqual(
    contactsSaid.filter((line) => !line.startsWith('ben')),
  );
});

test('plans go with the row results, those of held runs stay, and then they are gone', async () => {
  await using engine = await school();
  const held = await engine.importCsv(contactsFile, { mode });
  const dry = await engine.importCsv(contactsFile, { mode, dryRun: true });
  engine.clock.time += 15 * 24 * 60 * 60_000;
  const purged = await purgeTenant(engine.store, engine.clock.now());
  expect(purged.plans).toBe(3);
  expect((await planOf(engine, held)).total).toBe(2);
  await expect(planOf(engine, dry)).rejects.toMatchObject({ code: 'gone' });
});
