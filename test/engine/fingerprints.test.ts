import fc from 'fast-check';
import { expect, test } from 'vitest';
import { erasePatron } from '../../src/directory/erase-patron.ts';
import { fileKinds } from '../../src/ports/runs.ts';
import type { Run } from '../../src/ports/runs.ts';
import { openEngine, type EngineTuning, type TestEngine } from '../support/engine.ts';
import { anyPast, anyStep, pictureOf, take, type FileStep, type Step } from '../support/random-past.ts';
import { randomRuns } from '../support/random-runs.ts';

/** A step, one of the files that were sent before sent again, or the end of a patron. */
type Move =
  | Step
  | { readonly kind: 'again'; readonly nth: number }
  | { readonly kind: 'erase'; readonly patron: number };

const nth = fc.nat({ max: 20 });
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: anyStep },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('again' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), patron: nth }) },
);

const anyMoves: fc.Arbitrary<Move[]> = fc
  .tuple(anyPast, fc.array(anyMove, { minLength: 4, maxLength: 12 }))
  .map(([past, moves]) => [...past, ...moves]);

/** Whatever chance brings: a night, the same night again, and a second file of which one row differs. */
const nights: Move[] = [
  { kind: 'file', request: { kind: 'patrons' }, csv: 'username\nu0\nu1\nu2\n' },
  { kind: 'file', request: {}, csv: 'username,type,contact\nu0,EMAIL,a@x\nu1,EMAIL,b@x\nu2,EMAIL,c@x\n' },
  { kind: 'again', nth: 1 },
  { kind: 'again', nth: 0 },
  { kind: 'file', request: {}, csv: 'username,type,contact\nu0,EMAIL,a@x\nu1,EMAIL,d@x\nu2,EMAIL,c@x\n' },
  { kind: 'again', nth: 1 },
  { kind: 'undo', nth: 0 },
  { kind: 'again', nth: 1 },
];

const actor = { name: 'anna', channel: 'api' } as const;

async function move(engine: TestEngine, step: Move, sent: FileStep[], tuning: EngineTuning) {
  if (step.kind === 'erase') {
    const patrons = await engine.store.read.patrons.listAfter(0, 50);
    const patron = patrons[step.patron % Math.max(1, patrons.length)];
    if (patron) await erasePatron(engine.store, patron.id, actor, engine.clock.now());
    return undefined;
  }
  const file = step.kind === 'again' ? sent[step.nth % sent.length]! : step;
  return take(engine, file, tuning);
}

/** What a run says of itself, with the result of each row. */
async function reportOf(engine: TestEngine, run: Run | undefined) {
  if (!run) return undefined;
  const { items } = await engine.store.read.runRows.list(run.id, { page: 1, pageSize: 500 });
  const { state, counts, summary, notes, subjects, rowCount } = run;
  return { state, counts, summary, notes, subjects, rowCount, items };
}

/** Makes the engine forget what the rows of any file said. */
function forget({ store }: TestEngine): Promise<void> {
  return store.transact(async (tx) => {
    for (const kind of fileKinds) {
      await tx.fingerprints.beginSet(kind, { seed: Buffer.alloc(16), context: '' });
    }
  });
}

test.each([
  ['kept and applied', {}, 24],
  ['made again while it is written', { plannedRecordsMax: -1, subjectsPerBatch: 2 }, 12],
])(
  'remembering what rows said changes nothing but the work: same reports, same state (plan %s)',
  async (_, tuning, runs) => {
    let unchanged = 0;
    await fc.assert(
      fc.asyncProperty(anyMoves, async (moves) => {
        await using remembers = await openEngine();
        await using forgets = await openEngine();
        const sent: FileStep[] = [];
        for (const step of moves) {
          if (step.kind === 'file') sent.push(step);
          await forget(forgets);
          const [one, other] = [
            await move(remembers, step, sent, tuning),
            await move(forgets, step, sent, tuning),
          ];
          unchanged += one?.counts.unchanged ?? 0;
          expect(await reportOf(remembers, one)).toEqual(await reportOf(forgets, other));
          expect(await pictureOf(remembers.store.read)).toEqual(await pictureOf(forgets.store.read));
        }
      }),
      { ...randomRuns(runs), examples: [[nights]] },
    );
    expect(unchanged).toBeGreaterThan(10);
  },
);

const header = 'username,type,contact';

async function twoPatrons(): Promise<TestEngine> {
  const engine = await openEngine();
  await engine.importCsv('username\nanna\nben\n', { kind: 'patrons' });
  return engine;
}

/** Patrons whose rows would be looked at again, were the same contacts file sent once more. */
async function lookedUpAgain(engine: TestEngine, csv: string): Promise<number> {
  let lookedUp = 0;
  const { store } = engine;
  const id = await engine.receive(csv);
  const { runImport } = await import('../../src/sync/run-import.ts');
  const watched = Object.assign(Object.create(store) as typeof store, {
    snapshot: <T>(work: Parameters<typeof store.snapshot<T>>[0]) =>
      store.snapshot<T>((reader) => {
        const contacts = Object.assign(Object.create(reader.contacts) as typeof reader.contacts, {
          mapByUsername: (usernames: readonly string[]) => {
            lookedUp += usernames.length;
            return reader.contacts.mapByUsername(usernames);
          },
          listPatronsWithImported: (after: number, limit: number) =>
            reader.contacts.listPatronsWithImported(after, limit),
          mapByPatron: (ids: readonly number[]) => reader.contacts.mapByPatron(ids),
          isEmpty: () => reader.contacts.isEmpty(),
        });
        const patrons = Object.assign(Object.create(reader.patrons) as typeof reader.patrons, {
          count: () => reader.patrons.count(),
          // Where nothing is remembered everybody may be looked up at once.
          walkUsernames: (visit: (id: number, usernameKey: string) => void) =>
            reader.patrons.walkUsernames((id, usernameKey) => {
              lookedUp++;
              visit(id, usernameKey);
            }),
        });
        return work({ ...reader, contacts, patrons });
      }),
    transact: (work: Parameters<typeof store.transact>[0]) => store.transact(work),
  });
  await runImport(watched, id, { clock: engine.clock, spillDir: engine.spillDir, onProgress: () => {} });
  expect((await store.read.runs.findById(id))?.state).toBe('applied');
  return lookedUp;
}

test('rows of an unchanged patron are not looked up; those of one that a hand touched are', async () => {
  await using engine = await twoPatrons();
  const csv = `${header}\nanna,EMAIL,a@x\nben,EMAIL,b@x\n`;
  expect(await lookedUpAgain(engine, csv)).toBe(2);
  expect(await lookedUpAgain(engine, csv)).toBe(0);
  await take(engine, { kind: 'add', patron: 0, said: { contact: 'new@x' } });
  expect(await lookedUpAgain(engine, csv)).toBe(1);
  expect(await lookedUpAgain(engine, csv)).toBe(0);
});

test('a row with something to say is looked at every time', async () => {
  await using engine = await twoPatrons();
  const csv = `${header}\nanna,EMAIL,a@x\nben,FAX,b@x\n`;
  expect(await lookedUpAgain(engine, csv)).toBe(2);
  expect(await lookedUpAgain(engine, csv)).toBe(1);
});

test.each([
  ['another header', `${header},role\nanna,EMAIL,a@x,\nben,EMAIL,b@x,\n`, 2],
  ['one changed row', `${header}\nanna,EMAIL,a@x\nben,EMAIL,c@x\n`, 1],
  ['rows in another order', `${header}\nben,EMAIL,b@x\nanna,EMAIL,a@x\n`, 0],
])('after a night, %s: so many are looked up', async (_, csv, expected) => {
  await using engine = await twoPatrons();
  await lookedUpAgain(engine, `${header}\nanna,EMAIL,a@x\nben,EMAIL,b@x\n`);
  expect(await lookedUpAgain(engine, csv)).toBe(expected);
});
