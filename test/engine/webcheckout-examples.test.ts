import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FileKindName } from '../../src/ports/runs.ts';
import { getFileKind } from '../../src/sync/kinds/registry.ts';
import { openEngine } from '../support/engine.ts';
import { campusTime, stateOf } from '../support/webcheckout.ts';

const order: readonly FileKindName[] = [
  'patrons',
  'organizations',
  'resource-types',
  'checkout-centers',
  'group',
  'section',
  'section-members',
  'authorization-set',
];

function exampleOf(kind: FileKindName): string {
  const path = kind === 'patrons' ? 'patrons.csv' : `webcheckout/${kind}.csv`;
  return readFileSync(new URL(`../../examples/${path}`, import.meta.url), 'utf8');
}

test('W21 the examples have every column of their kind, fill an empty server and change nothing again', async () => {
  await using engine = await openEngine(campusTime);
  for (const again of [false, true]) {
    for (const kind of order) {
      const { modes, fileSpec } = getFileKind(kind);
      const csv = exampleOf(kind);
      const run = await engine.importCsv(csv, { kind, mode: modes[0]!.name, channel: 'cli' });
      expect({ kind, counts: run.counts }).toMatchObject({ counts: { failed: 0, updated: 0 } });
      expect(run.counts[again ? 'created' : 'unchanged']).toBe(0);
      const columns = fileSpec.columns.map(({ name }) => name).join(',');
      expect([kind, kind === 'patrons' ? columns : csv.split('\n')[0]]).toEqual([kind, columns]);
    }
  }
  expect(await stateOf(engine.store.read)).toMatchObject({
    groups: { 'FILM-101': { status: 'UPCOMING', primarySet: 'FILM-SET', contactPerson: 'A-20102' } },
    members: { 'FILM-101-A': { 'A-20101': { status: 'ACTIVE' }, 'A-20102': { status: 'UPCOMING' } } },
    authorizationSets: { 'FILM-SET': { sets: ['OPTICS'] } },
  });
});
