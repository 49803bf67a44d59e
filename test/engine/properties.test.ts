import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunRow } from '../../src/ports/run-rows.ts';
import type { Run } from '../../src/ports/runs.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import {
  anyFile,
  anyHand,
  anyPast,
  pictureOf,
  take,
  undo,
  type FileStep,
  type Picture,
  type Step,
} from '../support/random-past.ts';
import { randomRuns } from '../support/random-runs.ts';

const runs = randomRuns(21);

/** Plays a past on a fresh engine, then checks. */
function after(check: (engine: TestEngine, file: FileStep) => Promise<void>) {
  return fc.asyncProperty(anyPast, anyFile, async (past, file) => {
    await using engine = await openEngine();
    for (const step of past) await take(engine, step);
    await check(engine, file);
  });
}

async function rowsOf(engine: TestEngine, run: Run): Promise<readonly RunRow[]> {
  return (await engine.store.read.runRows.list(run.id, { page: 1, pageSize: 1000 })).items;
}

/** What a run says of itself, but for its id and times. */
function reportOf({ id: _i, startedAt: _s, finishedAt: _f, receivedAt: _r, summary: _u, ...run }: Run) {
  return { ...run, dryRun: undefined, deliveryId: undefined };
}

const byId = <T extends { id: number }>(items: readonly T[]) => new Map(items.map((item) => [item.id, item]));
const contactsIn = (picture: Picture) => byId(picture.flatMap(({ contacts }) => contacts));
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** A contact changed by hand, removed by the file, and so brought back under the id whose changes are journalled. */
const contactBroughtBackAfterAChange: [Step[], FileStep] = [
  [
    {
      kind: 'file',
      request: { kind: 'patrons', mode: 'addOrUpdate' },
      csv: 'username,email\nu2,b@x\n',
    },
    { kind: 'change', patron: 0, nth: 0, said: { contact: 'a@x' } },
  ],
  {
    kind: 'file',
    request: { kind: 'contacts', mode: 'replaceDeclaredPatrons' },
    csv: 'username,type,role,primary,contact\nu2,EMAIL,OTHER,TRUE,a@x\n',
  },
];

describe('whatever went before', () => {
  test('a plan that was kept and one made again while writing come to the same', async () => {
    await fc.assert(
      fc.asyncProperty(anyPast, anyFile, async (past, file) => {
        const [kept, again] = [{ subjectsPerBatch: 2 }, { subjectsPerBatch: 2, plannedRecordsMax: -1 }];
        const outcomes = [];
        for (const tuning of [kept, again]) {
          await using engine = await openEngine();
          for (const step of past) await take(engine, step, tuning);
          const run = (await take(engine, file, tuning))!;
          outcomes.push({
            report: reportOf(run),
            rows: await rowsOf(engine, run),
            stored: await pictureOf(engine.store.read),
          });
        }
        expect(outcomes[1]).toEqual(outcomes[0]);
      }),
      runs,
    );
  });

  test('S9 a dry run changes nothing but itself and foretells what the same file then does', async () => {
    await fc.assert(
      after(async (engine, file) => {
        const before = await pictureOf(engine.store.read);
        const stamp = await engine.store.read.changes.stamp();
        const dry = await engine.importCsv(file.csv, { ...file.request, dryRun: true });
        expect(await pictureOf(engine.store.read)).toEqual(before);
        expect(await engine.store.read.changes.stamp()).toBe(stamp);
        const real = (await take(engine, file))!;
        const refused = dry.state === 'failed';
        const foretold = { ...reportOf(dry), approvedBy: real.approvedBy, attempt: real.attempt };
        expect(refused ? dry.state : foretold).toEqual(refused ? real.state : reportOf(real));
        const nameless = (rows: readonly RunRow[]) =>
          rows.map(({ row, outcome, note }) => [row, outcome, note]);
        expect(nameless(await rowsOf(engine, dry))).toEqual(nameless(await rowsOf(engine, real)));
      }),
      runs,
    );
  });

  test('S5 nothing that a failed row names is removed, made inactive or overwritten by it', async () => {
    await fc.assert(
      after(async (engine, file) => {
        const before = await pictureOf(engine.store.read);
        const run = (await take(engine, file))!;
        const now = byId(await pictureOf(engine.store.read));
        const rows = await rowsOf(engine, run);
        const lines = file.csv.split('\n');
        const keyColumn = lines[0]!.split(',').indexOf(file.request.options?.['key'] ?? 'username');
        const keyOf = (row: number) => lines[row - 1]!.split(',')[keyColumn]!.toLowerCase();
        const named = (outcome: (row: RunRow) => boolean) =>
          new Set(rows.filter(outcome).map(({ row }) => keyOf(row)));
        const failed = named((row) => row.outcome === 'failed');
        const good = named((row) => row.outcome !== 'failed' && row.outcome !== 'ignored');
        const keyField = (file.request.options?.['key'] ?? 'username') as 'username';
        const harmed = before.filter((patron) => {
          const key = patron[keyField].toLowerCase();
          if (key === '' || !failed.has(key)) return false;
          const left = now.get(patron.id);
          // A patron without a good row is just as before; of one with some, no contact is gone.
          if (!good.has(key)) return !same(left, patron);
          const leftIds = new Set(left?.contacts.map(({ id }) => id));
          return file.request.kind === 'contacts' && patron.contacts.some(({ id }) => !leftIds.has(id));
        });
        expect(harmed).toEqual([]);
        // M3: when any row failed, nobody who is not in the file is made inactive.
        expect(run.counts.failed > 0 ? run.counts.inactivated : 0).toBe(0);
      }),
      runs,
    );
  });

  test('W22 the counts are those of the difference between before and after', async () => {
    await fc.assert(
      after(async (engine, file) => {
        const before = await pictureOf(engine.store.read);
        const run = (await take(engine, file))!;
        if (run.state !== 'applied') return;
        const now = await pictureOf(engine.store.read);
        const rows = await rowsOf(engine, run);
        expect(new Set(rows.map(({ row }) => row)).size).toBe(run.rowCount);
        const outcomes = new Map(rows.map(({ row, outcome }) => [row, outcome]));
        const count = (wanted: RunRow['outcome']) =>
          [...outcomes.values()].filter((outcome) => outcome === wanted).length;
        expect([run.counts.failed, run.counts.ignored]).toEqual([count('failed'), count('ignored')]);

        const contacts = file.request.kind === 'contacts';
        const [had, has] = contacts ? [contactsIn(before), contactsIn(now)] : [byId(before), byId(now)];
        const changed = [...has].filter(([id, one]) => had.has(id) && !same(had.get(id), one));
        expect(run.counts).toMatchObject({
          created: [...has.keys()].filter((id) => !had.has(id)).length,
          removed: [...had.keys()].filter((id) => !has.has(id)).length,
        });
        expect(run.counts.updated + run.counts.inactivated).toBe(changed.length);
      }),
      runs,
    );
  });

  test('a run that is taken back at once leaves everything as it was, and the undo taken back as it became', async () => {
    await fc.assert(
      after(async (engine, file) => {
        const tuning = { subjectsPerBatch: 2 };
        const before = await pictureOf(engine.store.read);
        const run = (await take(engine, file, tuning))!;
        if (run.state !== 'applied') return;
        const became = await pictureOf(engine.store.read);
        const undone = await undo(engine, run.id, tuning);
        expect(await pictureOf(engine.store.read)).toEqual(before);
        expect(undone.counts.ignored).toBe(0);
        expect((await engine.store.read.runs.findById(run.id))?.state).toBe('undone');
        const redone = await undo(engine, undone.id, tuning);
        expect(await pictureOf(engine.store.read)).toEqual(became);
        expect(redone.counts.ignored).toBe(0);
      }),
      { ...runs, examples: [contactBroughtBackAfterAChange] },
    );
  });

  test('an undo leaves what a hand did since, and says so', async () => {
    await fc.assert(
      fc.asyncProperty(anyPast, anyFile, anyHand, async (past, file, hand) => {
        await using engine = await openEngine();
        for (const step of past) await take(engine, step);
        const before = contactsIn(await pictureOf(engine.store.read));
        const run = (await take(engine, file))!;
        if (run.state !== 'applied') return;
        const imported = contactsIn(await pictureOf(engine.store.read));
        await take(engine, hand);
        const edited = contactsIn(await pictureOf(engine.store.read));
        const undone = await undo(engine, run.id);
        const left = contactsIn(await pictureOf(engine.store.read));

        // Which contact is the primary one is settled anew, so it is left out of the comparison.
        const text = (contact: { contact: string; type: string } | undefined) => [
          contact?.contact,
          contact?.type,
        ];
        let kept = 0;
        for (const [id, contact] of edited) {
          if (same(text(contact), text(imported.get(id)))) continue;
          expect(text(left.get(id))).toEqual(text(contact));
          // Only where both changed what it says: what the run alone had changed goes back without a word.
          if (imported.has(id) && !same(text(before.get(id)), text(imported.get(id)))) kept++;
        }
        for (const id of imported.keys()) {
          if (edited.has(id)) continue;
          // What a hand removed does not come back, unless it never was of the run's making.
          expect(left.has(id)).toBe(false);
        }
        expect(undone.counts.ignored).toBeGreaterThanOrEqual(Math.min(kept, 1));
      }),
      runs,
    );
  });
});
