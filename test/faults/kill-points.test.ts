import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runDueDays } from '../../src/directory/daily-run.ts';
import { addDays, effectiveDay } from '../../src/domain/access/effective-day.ts';
import { termEntities } from '../../src/ports/daily-runs.ts';
import type { TenantReader } from '../../src/ports/tenant-store.ts';
import { buildCampus } from '../support/campus.ts';
import { makePlace, openPlace, placeEnv, type TestPlace } from '../support/engines.ts';
import { startServer } from '../support/server.ts';

const program = fileURLToPath(new URL('../../bin/muster.js', import.meta.url));
const plantedKill = new URL('../support/planted-kill.ts', import.meta.url).href;

/** Runs a command of the real program, which is killed once it has written a certain thing. */
async function runKilled(place: TestPlace, killAfter: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ...(await placeEnv(place.dataDir)),
      NODE_OPTIONS: `--import ${plantedKill}`,
      KILL_AFTER: killAfter,
    },
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ code, signal }, said).toEqual({ code: null, signal: 'SIGKILL' });
}

/** A zone where it is noon or nearly so, whenever that is: no date begins while a test lasts. */
function zoneAtNoon(now: number): string {
  const ahead = 12 - new Date(now).getUTCHours();
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

const page = { page: 1, pageSize: 100 };

/** Everything that a daily run writes. */
async function writtenByRuns({ records, members, dailyRuns, accessTurns }: TenantReader, day: string) {
  const statuses: string[] = [];
  for (const entity of termEntities) {
    if (entity === 'member') continue;
    for (const { id, status } of await records[entity].listAfter(0, 100)) {
      statuses.push(`${entity} ${id} ${status}`);
    }
  }
  const sections = await records.section.listAfter(0, 100);
  for (const roster of (await members.mapBySection(sections.map(({ id }) => id))).values()) {
    for (const { sectionId, patronId, status } of roster) statuses.push(`${sectionId} ${patronId} ${status}`);
  }
  return {
    statuses,
    runs: (await dailyRuns.list(1, 100)).items,
    changes: (await dailyRuns.listChanges(day, page)).items,
    turns: (await accessTurns.list(day, page)).items,
  };
}

test.each([
  ['begun', 'DailyRunStore.begin'],
  ['stored the statuses', 'DailyRunStore.saveStatuses'],
  ['recorded who gained and lost', 'AccessTurnStore.save'],
  ['counted', 'DailyRunStore.end'],
])(
  'W3 S9 a daily run killed when it has %s has not happened, and the next one does it whole',
  async (_, killAfter) => {
    const now = Date.now();
    const zone = zoneAtNoon(now);
    const today = effectiveDay(now, zone);
    const yesterday = now - 24 * 3_600_000;
    await using place = await makePlace('kill-points');
    {
      await using storage = await openPlace(place, { now: () => yesterday });
      await storage.createTenant({ slug: 'main', name: 'Main', zone }, []);
      const store = await storage.tenant('main');
      const plan = {
        patrons: ['ada', 'ben'],
        types: { CAMERA: true, CRANE: true },
        sets: { film: { types: ['CAMERA'] }, photo: { types: ['CRANE'] } },
        groups: { FILM: { set: 'film', startDate: today }, PHOTO: { set: 'photo' } },
        sections: { F1: { group: 'FILM' }, P1: { group: 'PHOTO' } },
        members: [
          ['F1', 'ada'],
          ['P1', 'ben', { endDate: today }],
        ],
      } as const;
      await buildCampus(store, plan, yesterday);
      expect(await runDueDays(store, { now: () => yesterday })).toHaveLength(1);
    }
    const look = async (work: 'look' | 'run') => {
      await using storage = await openPlace(place, { now: () => now });
      const store = await storage.tenant('main');
      if (work === 'run') await runDueDays(store, { now: () => now });
      return await writtenByRuns(store.read, today);
    };
    const before = await look('look');
    expect(before.runs.map(({ day }) => day)).toEqual([addDays(today, -1)]);
    await runKilled(place, killAfter, ['daily-run']);
    expect(await look('look')).toEqual(before);
    const after = await look('run');
    expect(after.runs[0]).toEqual({
      day: today,
      at: now,
      activated: 1,
      inactivated: 1,
      gaining: 1,
      losing: 1,
    });
    expect([after.changes.length, after.turns.length]).toEqual([2, 2]);
    expect(await look('run')).toEqual(after);
  },
);

const files = {
  'group.csv': 'unique-identifier,name,organization\nFILM,Film 101,Media\n',
  'section.csv': 'unique-identifier,name,group-unique-identifier\nF1,Autumn,FILM\nF2,Spring,FILM\n',
  'section-members.csv': 'section-unique-identifier,member-unique-identifier\nF1,p-ada\nF1,p-ben\nF2,p-ada\n',
  'authorization-set.csv':
    'name,unique-identifier,organization,group-unique-identifier,resource-types\nCameras,CAM,Media,FILM,CAMERA\n',
};

test.each([
  ['begun', 'RunStore.begin'],
  ['written the first records', 'RecordStore.insert'],
  ['written members', 'MemberStore.insert'],
  ['written how it ended', 'RunStore.finish'],
])(
  'S9 W19 an import of several files killed when it has %s has changed nothing, and is done whole at the next start',
  async (_, killAfter) => {
    await using place = await makePlace('kill-points');
    {
      await using server = await startServer({ config: { dataDir: place.dataDir } });
      await buildCampus(server.store, { patrons: ['ada', 'ben'], types: { CAMERA: true } }, Date.now());
    }
    const paths: string[] = [];
    for (const [name, text] of Object.entries(files)) {
      paths.push(join(place.dataDir, name));
      await writeFile(paths.at(-1)!, text);
    }
    await runKilled(place, killAfter, ['import', 'webcheckout', ...paths]);
    await using server = await startServer({ config: { dataDir: place.dataDir } });
    const { store, context } = server;
    const standing = async () => ({
      group: (await store.read.records.group.listAfter(0, 9)).length,
      section: (await store.read.records.section.listAfter(0, 9)).length,
      set: (await store.read.records['authorization-set'].listAfter(0, 9)).length,
      members: await store.read.members.countActive([1, 2]),
    });
    expect(await standing()).toEqual({ group: 0, section: 0, set: 0, members: 0 });
    await context.imports.resume();
    expect(await context.imports.waitFor('main', 1)).toMatchObject({ state: 'applied' });
    expect(await standing()).toEqual({ group: 1, section: 2, set: 1, members: 3 });
  },
);
