import { describe, expect, test } from 'vitest';
import { todayAt } from '../../../test/support/today-at.ts';
import type { RowResult } from '../outcome.ts';
import { integrationRights, rightsOf } from '../organization/operator-rights.ts';
import type { AuthorizationSet } from './authorization-set.ts';
import { setRowParser, splitEntries, type DeclaredSet } from './parse-set-row.ts';
import { planSets, type SetsPlan } from './plan-sets.ts';
import type { GroupOfSets, SetsAround } from './set-around.ts';
import type { FailedSetRow } from './set-rows.ts';

const today = todayAt('2026-03-02', 1000);

const stored = (id: number, values: Partial<AuthorizationSet> = {}): AuthorizationSet => ({
  id,
  uniqueIdentifier: `SET-${id}`,
  name: `Set ${id}`,
  description: '',
  organizationId: 1,
  delegatedTo: [],
  startDate: null,
  endDate: null,
  inactiveSince: null,
  resourceTypes: [],
  checkoutCenters: [],
  wcoCheckoutCenters: [],
  sets: [],
  ...values,
});

const group = (identifier: string, primarySet?: string, organization = 'Film'): [string, GroupOfSets] => [
  identifier,
  { identifier, organization, primarySet },
];

interface World extends Partial<Omit<SetsAround, 'sets' | 'groups'>> {
  readonly sets?: readonly AuthorizationSet[];
  readonly groups?: readonly [string, GroupOfSets][];
}

function around({ sets = [], groups = [], ...rest }: World): SetsAround {
  return {
    today,
    rights: integrationRights('drop'),
    organizations: new Map([
      ['Film', 1],
      ['Music', 2],
    ]),
    resourceTypes: new Map([
      ['CAMERA', 31],
      ['LENS', 30],
      ['TRIPOD', 32],
    ]),
    checkoutCenters: new Map([
      ['Front Desk', 41],
      ['Stage Desk', 42],
    ]),
    sets: new Map(sets.map((set) => [set.uniqueIdentifier, set])),
    groups: new Map(groups),
    failedGroups: new Map(),
    usedBy: new Map(),
    ...rest,
  };
}

/** Plans rows given by column, the first one row 2; those with a bad date fail by themselves. */
function plan(rows: readonly Record<string, string>[], world: World = {}): SetsPlan {
  const declared: DeclaredSet[] = [];
  const failed: FailedSetRow[] = [];
  for (const [index, cells] of rows.entries()) {
    const full = { name: 'A set', organization: 'Film', ...cells };
    const names = Object.keys(full);
    const parse = setRowParser(new Map(names.map((name, place) => [name, place])), names);
    const row = parse(Object.values(full), index + 2);
    if ('outcome' in row) failed.push({ result: row, uniqueIdentifier: cells['unique-identifier'] ?? '' });
    else declared.push(row);
  }
  return planSets(declared, failed, around(world));
}

/** What became of each row, in row order. */
const rowsOf = ({ sets, failedRows }: SetsPlan): RowResult[] =>
  [
    ...failedRows,
    ...sets.flatMap(({ before, rows }) =>
      rows.map((row) => ({ ...row, outcome: before === undefined ? 'created' : 'updated' }) as const),
    ),
  ].toSorted((a, b) => a.row - b.row);
const faultsOf = (plan: SetsPlan) =>
  plan.failedRows.toSorted((a, b) => a.row - b.row).map(({ row, notes }) => [row, ...notes]);
const outcomesOf = (plan: SetsPlan) => rowsOf(plan).map(({ outcome }) => outcome);

describe('entries', () => {
  test('W15 a cell is split on |, trimmed; blanks and repetitions are dropped', () => {
    expect(splitEntries(' CAMERA|LENS | |CAMERA||')).toEqual(['CAMERA', 'LENS']);
    expect(splitEntries(' ')).toEqual([]);
  });

  test('W15 entries are found among what is registered', () => {
    const [set] = plan([
      {
        'unique-identifier': 'NEW',
        'resource-types': 'LENS | CAMERA',
        'checkout-centers': 'Front Desk',
        'wco-checkout-centers': 'Stage Desk|Front Desk',
      },
    ]).sets;
    expect(set).toMatchObject({
      before: undefined,
      after: { resourceTypes: [30, 31], checkoutCenters: [41], wcoCheckoutCenters: [41, 42], nests: [] },
    });
  });

  test('W15 one bad entry fails the row, all of them are named, with the nearest words', () => {
    const result = plan(
      [
        {
          'unique-identifier': 'NEW',
          'resource-types': 'CAMRA|LENS|Camera|Boat',
          'checkout-centers': 'front desk',
          'wco-checkout-centers': 'Stage Desk|Stagedesk',
          authset: 'SET-7|SET-8|SET-X',
        },
      ],
      { sets: [stored(7)] },
    );
    expect(result.sets).toEqual([]);
    const [[, ...notes]] = faultsOf(result) as [[number, ...unknown[]]];
    expect(notes).toEqual([
      {
        code: 'resource-types-unknown',
        column: 'resource-types',
        value: 'CAMRA|Camera|Boat',
        suggestion: 'CAMERA',
      },
      {
        code: 'checkout-centers-unknown',
        column: 'checkout-centers',
        value: 'front desk',
        suggestion: 'Front Desk',
      },
      {
        code: 'checkout-centers-unknown',
        column: 'wco-checkout-centers',
        value: 'Stagedesk',
        suggestion: 'Stage Desk',
      },
      { code: 'sets-unknown', column: 'authset', value: 'SET-8|SET-X', suggestion: 'SET-7' },
    ]);
  });

  test('W6, W10 entries are only ever added, and the rest follows its columns', () => {
    const before = stored(7, {
      description: 'Old',
      endDate: '2026-12-31',
      resourceTypes: [32],
      checkoutCenters: [42],
      delegatedTo: [2],
      inactiveSince: 5,
    });
    const [set] = plan(
      [{ 'unique-identifier': 'SET-7', description: '', 'resource-types': 'CAMERA', 'checkout-centers': '' }],
      { sets: [before] },
    ).sets;
    expect(set!.after).toEqual({
      uniqueIdentifier: 'SET-7',
      name: 'A set',
      description: '',
      organizationId: 1,
      delegatedTo: [2],
      startDate: null,
      endDate: '2026-12-31',
      inactiveSince: 5,
      resourceTypes: [31, 32],
      checkoutCenters: [42],
      wcoCheckoutCenters: [],
      nests: [],
    });
  });

  test('W15 the same entries again change nothing', () => {
    const before = stored(7, { name: 'A set', resourceTypes: [30, 31], sets: [8] });
    const row = { 'unique-identifier': 'SET-7', 'resource-types': 'CAMERA', authset: 'SET-8' };
    expect(plan([row], { sets: [before, stored(8)] }).sets[0]!.after).toMatchObject({
      name: 'A set',
      resourceTypes: [30, 31],
      nests: ['SET-8'],
    });
  });

  test('W15 ten thousand entries in a cell are read and added', () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `TYPE-${n}`);
    const resourceTypes = new Map(names.map((name, n) => [name, n + 1]));
    const row = { 'unique-identifier': 'BIG', 'resource-types': [...names, ...names].join('|') };
    const [set] = plan([row], { resourceTypes }).sets;
    expect(set!.after.resourceTypes).toHaveLength(10_000);
    const bad = plan([{ ...row, 'resource-types': names.map((name) => `${name}X`).join('|') }], {
      resourceTypes,
    });
    expect(bad.failedRows[0]!.notes[0]!.value!.split('|')).toHaveLength(10_000);
  });
});

describe('references inside the file', () => {
  test('W15 a set may be nested that only a later row makes', () => {
    const result = plan([
      { 'unique-identifier': 'A', authset: 'B' },
      { 'unique-identifier': 'B', authset: 'C' },
      { 'unique-identifier': 'C' },
    ]);
    expect(outcomesOf(result)).toEqual(['created', 'created', 'created']);
    expect(result.sets[0]!.after.nests).toEqual(['B']);
  });

  test('W15 a row fails with the row that would have made what it nests, however far down', () => {
    const result = plan(
      [
        { 'unique-identifier': 'A', authset: 'B' },
        { 'unique-identifier': 'B', authset: 'C' },
        { 'unique-identifier': 'C', 'start-date': 'soon' },
        { 'unique-identifier': 'D', authset: 'SET-7' },
        { 'unique-identifier': 'SET-7', 'start-date': 'soon' },
      ],
      { sets: [stored(7)] },
    );
    expect(faultsOf(result)).toEqual([
      [2, { code: 'parent-failed', column: 'authset', value: 'B', suggestion: 'row 3' }],
      [3, { code: 'parent-failed', column: 'authset', value: 'C', suggestion: 'row 4' }],
      [4, { code: 'date-invalid', column: 'start-date', value: 'soon' }],
      [6, { code: 'date-invalid', column: 'start-date', value: 'soon' }],
    ]);
    expect(result.sets.map(({ after }) => after.uniqueIdentifier)).toEqual(['D']);
  });

  test('W7 of the same set twice the later row says the rest, and the entries of both are added', () => {
    const result = plan(
      [
        {
          'unique-identifier': 'A',
          name: 'First',
          'resource-types': 'LENS',
          'group-unique-identifier': 'G1',
        },
        {
          'unique-identifier': 'A',
          name: 'Second',
          'resource-types': 'CAMERA',
          'group-unique-identifier': 'G2',
        },
      ],
      { groups: [group('G1'), group('G2')] },
    );
    expect(result.sets).toHaveLength(1);
    expect(result.sets[0]).toMatchObject({
      groups: ['G1', 'G2'],
      after: { name: 'Second', resourceTypes: [30, 31] },
    });
    expect(rowsOf(result)).toEqual([
      { row: 2, outcome: 'created', notes: [{ code: 'set-repeated', value: 'A', suggestion: '3' }] },
      { row: 3, outcome: 'created', notes: [{ code: 'set-repeated', value: 'A', suggestion: '2' }] },
    ]);
  });

  test('W7 where the later row fails, the earlier one counts', () => {
    const result = plan([
      { 'unique-identifier': 'A', name: 'First' },
      { 'unique-identifier': 'A', name: 'Second', 'resource-types': 'Boat' },
    ]);
    expect(outcomesOf(result)).toEqual(['created', 'failed']);
    expect(result.sets[0]!.after.name).toBe('First');
  });
});

describe('nesting', () => {
  test('W16 a row that would close a cycle fails and shows the path', () => {
    const world = { sets: [stored(7, { sets: [8] }), stored(8)] };
    expect(faultsOf(plan([{ 'unique-identifier': 'SET-8', authset: 'SET-7' }], world))).toEqual([
      [2, { code: 'nesting-cycle', column: 'authset', value: 'SET-7', suggestion: 'SET-8 → SET-7 → SET-8' }],
    ]);
  });

  test('W16 of new sets that nest each other none is made', () => {
    const result = plan([
      { 'unique-identifier': 'A', authset: 'B' },
      { 'unique-identifier': 'B', authset: 'A' },
    ]);
    expect(rowsOf(result).map(({ notes }) => notes[0]!.code)).toEqual(['parent-failed', 'nesting-cycle']);
  });
});

describe('primary sets', () => {
  const row = (set: string, of: string) => ({ 'unique-identifier': set, 'group-unique-identifier': of });

  test('W14 naming a group makes the set its primary one', () => {
    const world = { sets: [stored(7, { name: 'A set' })], groups: [group('G1')] };
    expect(plan([row('SET-7', 'G1')], world).sets[0]).toMatchObject({ groups: ['G1'] });
  });

  test('W14 a group that has another one fails the row, which names it', () => {
    const world = { sets: [stored(7)], groups: [group('G1', 'SET-7')] };
    expect(faultsOf(plan([row('NEW', 'G1')], world))).toEqual([
      [
        2,
        { code: 'second-primary-set', column: 'group-unique-identifier', value: 'G1', suggestion: 'SET-7' },
      ],
    ]);
  });

  test('W14 naming the same one again adds entries', () => {
    const world = { sets: [stored(7, { name: 'A set' })], groups: [group('G1', 'SET-7')] };
    const [set] = plan([{ ...row('SET-7', 'G1'), 'resource-types': 'LENS' }], world).sets;
    expect(set).toMatchObject({ groups: [], after: { resourceTypes: [30] } });
  });

  test('W14 of two rows for one group the first that is good gets it', () => {
    const rows = [{ ...row('A', 'G1'), authset: 'none' }, row('B', 'G1'), row('C', 'G1')];
    const result = plan(rows, { groups: [group('G1')] });
    expect(outcomesOf(result)).toEqual(['failed', 'created', 'failed']);
    expect(rowsOf(result)[2]!.notes).toEqual([
      { code: 'second-primary-set', column: 'group-unique-identifier', value: 'G1', suggestion: 'B' },
    ]);
  });

  test('W14 one set may be primary for several groups', () => {
    const groups = [group('G1'), group('G2')];
    const [set] = plan([row('A', 'G1'), row('A', 'G2')], { groups }).sets;
    expect(set!.groups).toEqual(['G1', 'G2']);
  });

  test('W8 a group that is missing fails the row, and one that failed in the delivery says where', () => {
    const failedGroups = new Map([['G2', 'group.csv, row 5']]);
    const column = 'group-unique-identifier';
    expect(faultsOf(plan([row('A', 'G1'), row('B', 'G2')], { failedGroups }))).toEqual([
      [2, { code: 'group-unknown', column, value: 'G1' }],
      [3, { code: 'parent-failed', column, value: 'G2', suggestion: 'group.csv, row 5' }],
    ]);
  });
});

describe('organizations', () => {
  test('W8 an organization is named exactly, and a file makes none', () => {
    expect(faultsOf(plan([{ 'unique-identifier': 'A', organization: 'film' }]))).toEqual([
      [2, { code: 'organization-unknown', column: 'organization', value: 'film', suggestion: 'Film' }],
    ]);
  });

  const music = (values: Partial<AuthorizationSet> = {}) => stored(7, { organizationId: 2, ...values });

  test('W17 a set of another organization can be nested once it is delegated', () => {
    const row = { 'unique-identifier': 'A', authset: 'SET-7' };
    expect(faultsOf(plan([row], { sets: [music()] }))).toEqual([
      [2, { code: 'set-not-delegated', column: 'authset', value: 'SET-7', suggestion: 'Film' }],
    ]);
    expect(outcomesOf(plan([row], { sets: [music({ delegatedTo: [1] })] }))).toEqual(['created']);
  });

  test('W17 it can serve a group of another organization once it is delegated', () => {
    const row = { 'unique-identifier': 'SET-7', organization: 'Music', 'group-unique-identifier': 'G1' };
    const column = 'group-unique-identifier';
    expect(faultsOf(plan([row], { sets: [music()], groups: [group('G1')] }))).toEqual([
      [2, { code: 'set-not-delegated', column, value: 'SET-7', suggestion: 'Film' }],
    ]);
    expect(outcomesOf(plan([row], { sets: [music({ delegatedTo: [1] })], groups: [group('G1')] }))).toEqual([
      'updated',
    ]);
  });

  test('W17 a set cannot move away from what uses it, nor from what it nests', () => {
    const move = (id: number) => ({ 'unique-identifier': `SET-${id}`, organization: 'Music' });
    const nested = { sets: [stored(7, { sets: [8] }), stored(8)] };
    expect(faultsOf(plan([move(8)], nested))).toMatchObject([
      [2, { code: 'set-used-elsewhere', value: 'SET-7' }],
    ]);
    expect(faultsOf(plan([move(7)], nested))).toMatchObject([
      [2, { code: 'set-not-delegated', value: 'SET-8', suggestion: 'Music' }],
    ]);
    expect(outcomesOf(plan([move(7), move(8)], nested))).toEqual(['updated', 'updated']);
    const usedBy = new Map([['SET-8', [group('G1', 'SET-8')[1]]]]);
    expect(faultsOf(plan([move(8)], { sets: [stored(8)], usedBy }))).toMatchObject([
      [2, { code: 'set-used-elsewhere', value: 'G1' }],
    ]);
  });

  test('W18 an operator needs the right where the set is, where it goes and where its group is', () => {
    const rights = (...organizations: string[]) =>
      rightsOf({ name: 'kim', capabilities: ['manage-group-authorizations'], organizations });
    const refused = (organization: string) => ({
      code: 'not-permitted',
      value: organization,
      suggestion: 'kim',
    });
    const move = { 'unique-identifier': 'SET-7', organization: 'Music' };
    const world = { sets: [stored(7)], groups: [group('G1', undefined, 'Music')] };
    expect(faultsOf(plan([move], { ...world, rights: rights() }))).toEqual([
      [2, refused('Film'), refused('Music')],
    ]);
    expect(faultsOf(plan([move], { ...world, rights: rights('Music') }))).toEqual([[2, refused('Film')]]);
    expect(outcomesOf(plan([move], { ...world, rights: rights('Film', 'Music') }))).toEqual(['updated']);
    const serve = { 'unique-identifier': 'SET-7', 'group-unique-identifier': 'G1' };
    const delegated = { ...world, sets: [stored(7, { delegatedTo: [2] })] };
    expect(faultsOf(plan([serve], { ...delegated, rights: rights('Film') }))).toEqual([
      [2, refused('Music')],
    ]);
  });
});

test('W5 an end on or before the start is taken over with a warning', () => {
  const row = { 'unique-identifier': 'A', 'start-date': '9/1/2026', 'end-date': '8/31/2026' };
  expect(rowsOf(plan([row]))).toEqual([
    {
      row: 2,
      outcome: 'created',
      notes: [{ code: 'end-not-after-start', column: 'end-date', value: '2026-08-31' }],
    },
  ]);
});
