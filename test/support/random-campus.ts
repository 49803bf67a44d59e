import fc from 'fast-check';
import { applyRecordChanges, type RecordJournal } from '../../src/directory/apply-records.ts';
import { applyRosterChanges } from '../../src/directory/apply-roster.ts';
import { recordEntities } from '../../src/domain/records.ts';
import type { FileKindName, Run } from '../../src/ports/runs.ts';
import type { TenantReader } from '../../src/ports/tenant-store.ts';
import { approveRun } from '../../src/sync/held-run.ts';
import { momentAt } from '../../src/sync/plan-scope.ts';
import { requestUndo } from '../../src/sync/run-undo.ts';
import type { EngineTuning, TestEngine } from './engine.ts';
import type { Campus } from './webcheckout.ts';

/** So few names that files, hands and undos meet all the time. */
const groups = ['G1', 'G2', 'G3'];
const sections = ['S1', 'S2', 'S3', 'S4'];
const sets = ['A1', 'A2', 'A3'];
const people = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6'];
const dates = ['', '', '1/5/2026', '2/20/2026', '3/2/2026', '9/1/2026'];

/** Several files sent as one delivery. */
export interface DeliveryStep {
  readonly kind: 'delivery';
  readonly files: Readonly<Record<string, string>>;
}

export type CampusStep =
  | DeliveryStep
  | { readonly kind: 'registry'; readonly file: FileKindName; readonly csv: string }
  | { readonly kind: 'record'; readonly nth: number; readonly name: string; readonly ends: string | null }
  | { readonly kind: 'member'; readonly section: number; readonly patron: number; readonly flag: boolean }
  | { readonly kind: 'undo'; readonly nth: number };

function csvOf(
  header: string,
  row: fc.Arbitrary<readonly string[]>,
  maxLength: number,
): fc.Arbitrary<string> {
  return fc
    .array(row, { maxLength })
    .map((rows) => `${header}\n${rows.map((cells) => `${cells.join(',')}\n`).join('')}`);
}

const one = fc.constantFrom;
/** Of the rest, one in eight or so. */
const organization = one(
  'Film School',
  'Film School',
  'Film School',
  'Film School',
  'Film School',
  'Music',
  'Nowhere',
);

const groupCsv = csvOf(
  'unique-identifier,name,organization,start-date,end-date,contact-unique-identifier',
  fc.tuple(one(...groups), one('x', 'y'), organization, one(...dates), one(...dates), one('', ...people)),
  4,
);
const sectionCsv = csvOf(
  'unique-identifier,name,group-unique-identifier,end-date',
  fc.tuple(one(...sections), one('x', 'y'), one(...groups, ...groups, 'G9'), one(...dates)),
  5,
);
const membersCsv = csvOf(
  'section-unique-identifier,member-unique-identifier,start-date,end-date',
  fc.tuple(
    one(...sections, ...sections, 'S9'),
    one(...people, ...people, ...people, 'A9', ''),
    one(...dates),
    one(...dates),
  ),
  8,
);
const setCsv = csvOf(
  'name,unique-identifier,organization,group-unique-identifier,resource-types,authset',
  fc.tuple(
    one('x', 'y'),
    one(...sets),
    organization,
    one('', ...groups),
    one('', 'CAMERA', 'LENS', 'CAMERA|LENS', 'CABLE', 'TRIPOD'),
    one('', '', ...sets),
  ),
  4,
);

/** About half of the files of a delivery are there. */
export const anyDelivery: fc.Arbitrary<DeliveryStep> = fc
  .record(
    {
      'group.csv': groupCsv,
      'section.csv': sectionCsv,
      'section-members.csv': membersCsv,
      'authorization-set.csv': setCsv,
    },
    { requiredKeys: [] },
  )
  .map((files) => ({ kind: 'delivery', files: Object.keys(files).length > 0 ? files : seed.files }));

/** Something of everything, so that there is something to meet. */
export const seed: DeliveryStep = {
  kind: 'delivery',
  files: {
    'group.csv': 'unique-identifier,name,organization\nG1,x,Film School\nG2,x,Film School\n',
    'section.csv': 'unique-identifier,name,group-unique-identifier\nS1,x,G1\nS2,x,G2\n',
    'section-members.csv': 'section-unique-identifier,member-unique-identifier\nS1,A1\nS1,A2\nS2,A2\nS2,A3\n',
    'authorization-set.csv':
      'name,unique-identifier,organization,group-unique-identifier,resource-types\nx,A1,Film School,G1,CAMERA\n',
  },
};

const registryStep: fc.Arbitrary<CampusStep> = fc.record({
  kind: fc.constant('registry' as const),
  file: fc.constant('resource-types' as const),
  csv: csvOf(
    'unique-identifier,name,restricted',
    fc.tuple(one('TRIPOD', 'LENS'), one('x', 'y'), one('TRUE', 'FALSE')),
    2,
  ),
});

const nth = fc.nat({ max: 20 });
export const anyHand: fc.Arbitrary<CampusStep> = fc.oneof(
  fc.record({
    kind: fc.constant('record' as const),
    nth,
    name: one('by hand', 'by another hand'),
    ends: one(null, '2026-01-15', '2026-12-01'),
  }),
  fc.record({ kind: fc.constant('member' as const), section: nth, patron: nth, flag: fc.boolean() }),
);

export const anyCampusPast: fc.Arbitrary<CampusStep[]> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: anyDelivery },
      { weight: 1, arbitrary: registryStep },
      { weight: 3, arbitrary: anyHand },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), nth }) },
    ),
    { maxLength: 5 },
  )
  .map((rest) => [seed, ...rest]);

const actor = { name: 'anna', channel: 'api' } as const;

/** Does a step; gives the run where one was done. */
export async function takeStep(
  { engine }: Campus,
  step: CampusStep,
  tuning?: EngineTuning,
): Promise<Run | undefined> {
  engine.clock.time += 60_000;
  if (step.kind === 'delivery') {
    return settle(engine, await engine.receiveFiles(step.files, { channel: 'cli' }), tuning);
  }
  if (step.kind === 'registry') {
    return settle(engine, await engine.receive(step.csv, { kind: step.file, channel: 'cli' }), tuning);
  }
  if (step.kind === 'undo') {
    const { items } = await engine.store.read.runs.list({ state: 'applied', page: 1, pageSize: 50 });
    // What filled the campus itself is left.
    const runs = items.filter(
      ({ kind, dryRun }) => !dryRun && (kind === 'webcheckout' || kind === 'resource-types'),
    );
    const run = runs[step.nth % Math.max(1, runs.length)];
    return run && undoRun(engine, run.id, tuning);
  }
  await takeByHand(engine, step);
  return undefined;
}

/** One that must be approved first is. */
async function settle(engine: TestEngine, runId: number, tuning?: EngineTuning): Promise<Run> {
  const run = await engine.perform(runId, tuning);
  if (run.state !== 'held') return run;
  await approveRun(engine.store, run.id, actor, engine.clock.now());
  return engine.perform(run.id, tuning);
}

export async function undoRun(engine: TestEngine, runId: number, tuning?: EngineTuning): Promise<Run> {
  engine.clock.time += 60_000;
  const at = engine.clock.now();
  return engine.perform(await requestUndo(engine.store, runId, actor.name, actor.channel, at), tuning);
}

async function takeByHand(
  engine: TestEngine,
  step: Extract<CampusStep, { kind: 'record' | 'member' }>,
): Promise<void> {
  const at = engine.clock.now();
  const statusOf = momentAt(at, engine.store.tenant).statusOf;
  const journal: RecordJournal = { runId: null, at, actor, journalCreations: true, statusOf };
  await engine.store.transact(async (tx) => {
    if (step.kind === 'record') {
      const groupsThere = await tx.records.group.listAfter(0, 50);
      const before = groupsThere[step.nth % Math.max(1, groupsThere.length)];
      if (!before) return;
      const after = { ...before, name: step.name, endDate: step.ends };
      await applyRecordChanges(tx, [{ about: 'record', entity: 'group', before, after }], journal);
      return;
    }
    const there = await tx.records.section.listAfter(0, 50);
    const section = there[step.section % Math.max(1, there.length)];
    if (!section) return;
    const patronId = 1 + (step.patron % people.length);
    const before = await tx.members.find(section.id, patronId);
    const after = {
      sectionId: section.id,
      patronId,
      startDate: null,
      endDate: null,
      inactiveSince: step.flag ? at : null,
    };
    const empty = { about: 'roster', sectionId: section.id, section: '', active: 0, removes: [] } as const;
    const change = before
      ? { ...empty, creates: [], updates: [{ before, after }] }
      : { ...empty, creates: [after], updates: [] };
    await applyRosterChanges(tx, [change], journal);
  });
}

/** All that is stored of records and members; when and by which run they were made is not looked at. */
export async function campusPicture(reader: TenantReader) {
  const picture: Record<string, Record<string, unknown>> = {};
  for (const entity of recordEntities) {
    const records: { id: number }[] = await reader.records[entity].listAfter(0, 1000);
    for (const record of records) {
      const {
        createdRun: _run,
        createdAt: _at,
        updatedAt: _updated,
        ...values
      } = record as typeof record & Record<'createdRun' | 'createdAt' | 'updatedAt', unknown>;
      picture[`${entity} ${record.id}`] = values;
    }
    if (entity !== 'section') continue;
    const rosters = await reader.members.mapBySection(records.map(({ id }) => id));
    for (const { createdRun: _run, createdAt: _at, updatedAt: _updated, ...member } of [
      ...rosters.values(),
    ].flat()) {
      picture[`member ${member.sectionId} ${member.patronId}`] = member;
    }
  }
  return picture;
}
