import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunRow } from '../../src/ports/run-rows.ts';
import type { Run } from '../../src/ports/runs.ts';
import type { TestEngine } from '../support/engine.ts';
import {
  anyCampusPast,
  anyDelivery,
  anyHand,
  campusPicture,
  takeStep,
  undoRun,
  type DeliveryStep,
} from '../support/random-campus.ts';
import { randomRuns } from '../support/random-runs.ts';
import { openCampus, type Campus } from '../support/webcheckout.ts';

const runs = randomRuns(10);

/** Plays a past on a fresh campus, then checks. */
function after(check: (campus: Campus, delivery: DeliveryStep) => Promise<void>) {
  return fc.asyncProperty(anyCampusPast, anyDelivery, async (past, delivery) => {
    await using campus = await openCampus();
    for (const step of past) await takeStep(campus, step);
    await check(campus, delivery);
  });
}

async function rowsOf({ store }: TestEngine, run: Run): Promise<readonly RunRow[]> {
  return (await store.read.runRows.list(run.id, { page: 1, pageSize: 1000 })).items;
}

/** What a run says of itself, but for its id and times. */
function reportOf({ id: _i, startedAt: _s, finishedAt: _f, receivedAt: _r, summary: _u, ...run }: Run) {
  return { ...run, dryRun: undefined, deliveryId: undefined, approvedBy: undefined, attempt: undefined };
}

describe('whatever went before', () => {
  test('a plan of a delivery that was kept and one made again while writing come to the same', async () => {
    await fc.assert(
      fc.asyncProperty(anyCampusPast, anyDelivery, async (past, delivery) => {
        const outcomes = [];
        for (const plannedRecordsMax of [30_000, -1]) {
          const tuning = { subjectsPerBatch: 2, plannedRecordsMax };
          await using campus = await openCampus();
          for (const step of past) await takeStep(campus, step, tuning);
          const run = (await takeStep(campus, delivery, tuning))!;
          outcomes.push({
            report: reportOf(run),
            rows: await rowsOf(campus.engine, run),
            stored: await campusPicture(campus.engine.store.read),
          });
        }
        expect(outcomes[1]).toEqual(outcomes[0]);
      }),
      runs,
    );
  });

  test('S9 a dry run of a delivery changes nothing but itself and foretells what the same then does', async () => {
    await fc.assert(
      after(async (campus, delivery) => {
        const { engine } = campus;
        const before = await campusPicture(engine.store.read);
        engine.clock.time += 60_000;
        const dryRun = { channel: 'cli', dryRun: true } as const;
        const dry = await engine.perform(await engine.receiveFiles(delivery.files, dryRun));
        expect(await campusPicture(engine.store.read)).toEqual(before);
        engine.clock.time -= 60_000;
        const real = (await takeStep(campus, delivery))!;
        expect(reportOf(dry)).toEqual(reportOf(real));
        const said = (rows: readonly RunRow[]) =>
          rows.map(({ file, row, outcome, note }) => [file, row, outcome, note]);
        expect(said(await rowsOf(engine, dry))).toEqual(said(await rowsOf(engine, real)));
      }),
      runs,
    );
  });

  test('the same delivery again changes nothing', async () => {
    await fc.assert(
      after(async (campus, delivery) => {
        await takeStep(campus, delivery);
        const once = await campusPicture(campus.engine.store.read);
        const again = (await takeStep(campus, delivery))!;
        expect(again.counts).toMatchObject({ created: 0, removed: 0, inactivated: 0 });
        expect(await campusPicture(campus.engine.store.read)).toEqual(once);
      }),
      runs,
    );
  });

  test('a delivery that is taken back at once leaves everything as it was, and the undo taken back as it became', async () => {
    await fc.assert(
      after(async (campus, delivery) => {
        const { engine } = campus;
        const before = await campusPicture(engine.store.read);
        const run = (await takeStep(campus, delivery))!;
        if (run.state !== 'applied') return;
        const became = await campusPicture(engine.store.read);
        const undone = await undoRun(engine, run.id, { subjectsPerBatch: 2 });
        expect(await campusPicture(engine.store.read)).toEqual(before);
        expect(undone.counts.ignored).toBe(0);
        const redone = await undoRun(engine, undone.id, { subjectsPerBatch: 2 });
        expect(await campusPicture(engine.store.read)).toEqual(became);
        expect(redone.counts.ignored).toBe(0);
      }),
      runs,
    );
  });

  test('an undo leaves what a hand did since', async () => {
    await fc.assert(
      fc.asyncProperty(anyCampusPast, anyDelivery, anyHand, async (past, delivery, hand) => {
        await using campus = await openCampus();
        const { engine } = campus;
        for (const step of past) await takeStep(campus, step);
        const run = (await takeStep(campus, delivery))!;
        if (run.state !== 'applied') return;
        const imported = await campusPicture(engine.store.read);
        await takeStep(campus, hand);
        const edited = await campusPicture(engine.store.read);
        await undoRun(engine, run.id);
        const left = await campusPicture(engine.store.read);
        for (const [key, values] of Object.entries(edited)) {
          const had = imported[key];
          const has = values;
          const changed = Object.keys(has).filter(
            (field) => JSON.stringify(had?.[field]) !== JSON.stringify(has[field]),
          );
          // A member is left or taken back as a whole, and status is worked out from the rest.
          const own = changed.filter((field) => field !== 'status');
          for (const field of own) expect([key, field, left[key]?.[field]]).toEqual([key, field, has[field]]);
        }
      }),
      runs,
    );
  });
});
