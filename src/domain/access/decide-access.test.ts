import { expect, test } from 'vitest';
import { membership, reaching } from '../../../test/support/chains.ts';
import { decideAccess, type AccessQuestion } from './decide-access.ts';
import { sayAccess } from './say-access.ts';

const at = Date.UTC(2026, 2, 2, 12);
const day = '2026-03-02';

function ask(question: Partial<AccessQuestion>) {
  const zone = 'America/New_York';
  const all = { patronActive: true, restricted: true, memberships: [], reaching: reaching({ 1: true }) };
  const decision = decideAccess({ ...all, ...question, day, at, zone });
  return {
    ...decision,
    chain: decision.chain.map(({ uniqueIdentifier }) => uniqueIdentifier),
    denials: decision.denials.map(({ link, opensAt, chainOpensAt }) => ({
      link: link.uniqueIdentifier,
      opensAt: opensAt === null ? null : new Date(opensAt).toISOString(),
      chainOpensAt: chainOpensAt === null ? null : new Date(chainOpensAt).toISOString(),
    })),
    said: sayAccess(decision, 'resource type CAM', day, at),
  };
}

test('W20 what is not restricted is there for every active patron, and for no inactive one', () => {
  expect(ask({ restricted: false })).toMatchObject({ granted: true, chain: [], verdict: 'unrestricted' });
  expect(ask({ restricted: false, patronActive: false })).toMatchObject({
    granted: false,
    said: 'Denied: the patron is inactive.',
  });
  expect(ask({ memberships: [membership(1)], patronActive: false }).granted).toBe(false);
});

test('W20 a membership all of whose links are active grants, and the chain says how', () => {
  expect(ask({ memberships: [membership(1)] })).toMatchObject({
    granted: true,
    chain: ['member-1', 'section-1', 'group-1', 'authorization-set-1'],
    said: 'Granted by membership in section member-1 → section section-1 → group group-1 → authorization set authorization-set-1.',
  });
});

test('W20 without a membership that leads there it is denied, without denials', () => {
  const { primarySet: _, ...bare } = membership(1);
  for (const memberships of [[], [membership(2)], [{ ...bare, primarySet: undefined }]]) {
    expect(ask({ memberships })).toMatchObject({ granted: false, verdict: 'no-chain', denials: [] });
  }
});

const later = { startDate: '2026-03-09' };
const over = { endDate: '2026-03-01' };

test.each([
  ['member-1', { member: later, section: over, group: later }],
  ['section-1', { section: later, group: over }],
  ['group-1', { group: later }],
])('W20 the first link that denies is named: %s', (link, dates) => {
  const { granted, denials } = ask({ memberships: [membership(1, dates)] });
  expect({ granted, denials }).toMatchObject({
    granted: false,
    denials: [{ link, opensAt: '2026-03-09T05:00:00.000Z' }],
  });
});

test('W20 a link that has ended opens never; neither does a chain with one, whatever else is upcoming', () => {
  expect(ask({ memberships: [membership(1, { section: over })] })).toMatchObject({
    denials: [{ link: 'section-1', opensAt: null, chainOpensAt: null }],
    said: 'Denied: section section-1 ended on 2026-03-01.',
  });
  expect(ask({ memberships: [membership(1, { member: later, section: over })] }).denials).toEqual([
    { link: 'member-1', opensAt: '2026-03-09T05:00:00.000Z', chainOpensAt: null },
  ]);
});

test('W20 a chain opens when the last of its links does', () => {
  const sets = reaching({ 1: true }, { 1: { startDate: '2026-04-01' } });
  expect(ask({ memberships: [membership(1, { member: later })], reaching: sets }).denials).toEqual([
    { link: 'member-1', opensAt: '2026-03-09T05:00:00.000Z', chainOpensAt: '2026-04-01T05:00:00.000Z' },
  ]);
  // The section has ended by then.
  const section = { endDate: '2026-03-31' };
  expect(ask({ memberships: [membership(1, { member: later, section })], reaching: sets }).denials).toEqual([
    { link: 'member-1', opensAt: '2026-03-09T05:00:00.000Z', chainOpensAt: null },
  ]);
});

test('W20 one chain that grants is enough; when none does, each says why, the soonest first', () => {
  const sets = reaching({ 1: true, 2: true });
  const closed = membership(1, { member: { inactiveSince: at - 1 } });
  expect(ask({ memberships: [closed, membership(2)], reaching: sets })).toMatchObject({
    granted: true,
    denials: [],
  });
  const upcoming = membership(2, { group: later });
  expect(ask({ memberships: [closed, upcoming], reaching: sets })).toMatchObject({
    denials: [{ link: 'group-2' }, { link: 'member-1', opensAt: null }],
    said: 'Denied: group group-2 starts on 2026-03-09; membership in section member-1 is inactive: set so, or left out of a roster.',
  });
});

test('W16 nested sets are transitive, and the chain shows the way down', () => {
  const sets = reaching({ 1: [2, 3], 2: [4], 3: [4], 4: true });
  expect(ask({ memberships: [membership(1)], reaching: sets }).chain.slice(3)).toEqual([
    'authorization-set-1',
    'authorization-set-2',
    'authorization-set-4',
  ]);
});

test('W16 a nested set that is not active grants nothing below it; another way down may', () => {
  const ways = { 1: [2, 3], 2: [4], 3: [4], 4: true } as const;
  const round = ask({ memberships: [membership(1)], reaching: reaching(ways, { 2: over }) });
  expect(round.chain.slice(3)).toEqual(['authorization-set-1', 'authorization-set-3', 'authorization-set-4']);
  const shut = ask({ memberships: [membership(1)], reaching: reaching(ways, { 2: over, 3: later }) });
  const opening = '2026-03-09T05:00:00.000Z';
  expect(shut.denials).toEqual([
    { link: 'authorization-set-3', opensAt: opening, chainOpensAt: opening },
    { link: 'authorization-set-2', opensAt: null, chainOpensAt: opening },
  ]);
});

test('W16 sets nested in a circle, which no import lets in, are walked once', () => {
  const sets = reaching({ 1: [2], 2: [1, 3], 3: true }, { 3: over });
  expect(ask({ memberships: [membership(1)], reaching: sets }).denials).toMatchObject([
    { link: 'authorization-set-3' },
  ]);
});

test('W20 a thicket of nestings takes no longer than its sets are many', () => {
  const layers = Array.from({ length: 50 }, (_, layer) => layer * 2 + 1);
  const thicket = layers.flatMap((id) => [
    [id, [id + 2, id + 3]],
    [id + 1, [id + 2, id + 3]],
  ]);
  const sets = reaching({ ...Object.fromEntries(thicket), 101: true, 102: true }, { 101: over, 102: later });
  expect(ask({ memberships: [membership(1)], reaching: sets }).denials).toHaveLength(2);
});
