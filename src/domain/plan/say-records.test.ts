import { expect, test } from 'vitest';
import { newMember, newRecord } from '../../../test/support/group-records.ts';
import type { Term, TermStatus } from '../access/term.ts';
import { ConsequenceTally } from './consequences.ts';
import { sayConsequences } from './say-consequences.ts';
import { sayRecordGains, sayRecordLosses } from './say-records.ts';

const statusOf = ({ endDate, inactiveSince }: Term): TermStatus =>
  inactiveSince !== null || endDate === '2026-01-01' ? 'INACTIVE' : 'ACTIVE';
const ended = { endDate: '2026-01-01' };

test('records and members are counted by what becomes of them, and every count has its sentence', () => {
  const tally = new ConsequenceTally(statusOf);
  const group = newRecord.group(1);
  expect(tally.add({ about: 'record', entity: 'group', before: undefined, after: newRecord.group(-1) })).toBe(
    false,
  );
  expect(tally.add({ about: 'record', entity: 'group', before: group, after: { ...group, ...ended } })).toBe(
    true,
  );
  const two = newRecord.group(2, ended);
  expect(tally.add({ about: 'record', entity: 'group', before: two, after: newRecord.group(2) })).toBe(false);
  // Changed once more by another file of the same delivery, and what the plan itself makes.
  tally.add({
    about: 'record',
    entity: 'group',
    before: newRecord.group(2),
    after: newRecord.group(2, { primarySetId: 1 }),
  });
  tally.add({
    about: 'record',
    entity: 'group',
    before: newRecord.group(-1),
    after: newRecord.group(-1, { primarySetId: 1 }),
  });
  const [member, gone] = [newMember(1, 1), newMember(1, 2, { inactiveSince: 1 })];
  const loses = tally.add({
    about: 'roster',
    sectionId: 1,
    section: 'S1',
    active: 1,
    creates: [newMember(1, 3), newMember(1, 4, ended)],
    updates: [
      { before: member, after: { ...member, inactiveSince: 1 } },
      { before: gone, after: newMember(1, 2) },
      { before: newMember(1, 5), after: newMember(1, 5, { startDate: '2025-01-01' }) },
    ],
    removes: [],
  });
  expect(loses).toBe(true);
  expect(sayConsequences(tally.total)).toEqual([
    '1 group becomes inactive.',
    '1 membership ends.',
    '1 membership is new.',
    '1 membership begins again.',
    '1 membership gets other dates.',
    '1 group is new.',
    '1 group becomes active again.',
  ]);
});

test('W20 what many things come to is not told of each', () => {
  const targets = Array.from({ length: 12 }, (_, index) => ({
    kind: 'resource-type' as const,
    id: index,
    name: `T${index}`,
    lose: index,
    gain: index === 1 ? 1 : 0,
  }));
  const nothing = new ConsequenceTally(statusOf).total;
  const access = { exact: true, targets, closed: [], opened: [] };
  const losses = sayRecordLosses({ ...nothing, access });
  expect([losses.length, losses[0], losses.at(-1)]).toEqual([
    11,
    '11 patrons lose T11 today.',
    'So it is for 1 other thing to reserve or enter.',
  ]);
  expect(sayRecordGains({ ...nothing, access })).toEqual(['1 patron gains T1 today.']);
});
