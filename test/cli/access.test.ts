import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCampus } from '../support/campus.ts';
import { openPlace, placeAt } from '../support/engines.ts';
import { makeFolder, runMuster, runMusterJson } from '../support/run-muster.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let dataDir: string;

const dayMs = 86_400_000;
const localDay = (at: number) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC').toPlainDate().toString();
/** A date that has come, and one that has not. */
const past = localDay(Date.now() - 10 * dayMs);
const future = localDay(Date.now() + 10 * dayMs);

beforeAll(async () => {
  folder = await makeFolder();
  dataDir = join(folder.path, 'data');
  await using storage = await openPlace(await placeAt(dataDir), { now: () => Date.now() });
  await storage.createTenant({ slug: 'main', name: 'Main', zone: 'UTC' }, []);
  const campus = {
    patrons: ['ada', 'ben'],
    types: { CAMERA: true },
    centers: { Studio: [true, true] as const },
    sets: { film: { types: ['CAMERA'], centers: ['Studio'] } },
    groups: { FILM: { set: 'film' } },
    sections: { 'FILM-1': { group: 'FILM' } },
    members: [
      ['FILM-1', 'ada', { startDate: past }],
      ['FILM-1', 'ben', { startDate: future }],
    ] as const,
  };
  await buildCampus(await storage.tenant('main'), campus, Date.now() - 20 * dayMs);
});
afterAll(() => folder[Symbol.asyncDispose]());

test('W20 muster access: granted ends with 0, denied with 3, unknown and ambiguous with 2', async () => {
  const granted = await runMuster(dataDir, ['access', 'ada', '--resource-type', 'CAMERA']);
  expect(granted).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Granted by membership in section FILM-1'),
  });
  const denied = await runMuster(dataDir, ['access', 'p-ben', '--checkout-center', 'Studio']);
  expect(denied.code).toBe(3);
  expect(denied.stdout).toContain(`membership in section FILM-1 starts on ${future}`);
  for (const args of [
    ['nobody', '--resource-type', 'CAMERA'],
    ['ada', '--resource-type', 'camera'],
    ['ada'],
    ['ada', '--resource-type', 'CAMERA', '--wco-checkout-center', 'Studio'],
    ['ada', '--resource-type', 'CAMERA', '--at', 'tomorrow'],
  ]) {
    expect((await runMuster(dataDir, ['access', ...args])).code).toBe(2);
  }
});

test('W1, W20 muster access --at asks about any instant, in the tenant’s time without an offset', async () => {
  const ask = (at: string, code: number) =>
    runMusterJson<{ granted: boolean; at: string; denials: { opensAt: string }[] }>(
      dataDir,
      ['access', 'ben', '--resource-type', 'CAMERA', '--at', at],
      { code },
    );
  expect(await ask(`${future}T00:59`, 3)).toMatchObject({
    granted: false,
    denials: [{ opensAt: `${future}T01:00:00.000Z` }],
  });
  expect(await ask(`${future}T01:00:00Z`, 0)).toMatchObject({ granted: true, at: `${future}T01:00:00.000Z` });
});

test('W3 muster daily-run runs what is due; --date shows what a date changed; a date to come is refused', async () => {
  const first = await runMusterJson<{ items: { date: string; activated: number }[] }>(dataDir, ['daily-run']);
  expect(first.items).toMatchObject([{ activated: 1 }]);
  const [{ date }] = first.items as unknown as [{ date: string }];
  expect((await runMuster(dataDir, ['daily-run'])).stdout).toContain('Nothing is due');
  const shown = await runMuster(dataDir, ['daily-run', '--date', date]);
  expect(shown).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/member +FILM-1 +p-ada +UPCOMING +ACTIVE/),
  });
  const all = await runMusterJson(dataDir, ['daily-run', '--date', date]);
  expect(all).toMatchObject({ ran: [], run: { date }, changes: { total: 1 }, access: { total: 0 } });
  expect((await runMuster(dataDir, ['daily-run', '--date', future])).code).toBe(2);
  expect((await runMuster(dataDir, ['daily-run', '--date', '2026-02-30'])).code).toBe(2);
});

test('W20 muster calendar tells what is to come', async () => {
  const calendar = await runMusterJson(dataDir, ['calendar', '--days', '15']);
  expect(calendar).toMatchObject({ total: 1, items: [{ date: future, gaining: 1, losing: 0 }] });
  const said = await runMuster(dataDir, ['calendar']);
  expect(said.stdout).toContain(`${future}: 1 patron gains access`);
  expect(said.stdout).toContain('because: membership in FILM-1 starts (1)');
});
