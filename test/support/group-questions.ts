import type { TenantReader } from '../../src/ports/tenant-store.ts';

const last = {
  id: 100,
  patronId: 5,
  startDate: null,
  endDate: null,
  inactiveSince: null,
  status: 'ACTIVE',
} as const;

/** What is asked often, or in the middle of a large import, of tables with very many rows. */
export const groupQuestions: Readonly<Record<string, (read: TenantReader) => Promise<unknown>>> = {
  'memberships of a patron': ({ access }) => access.listMemberships(77),
  'sets reaching a target': ({ access }) => access.mapSetsReaching({ kind: 'resource-type', id: 5 }),
  'members of sections': ({ members }) => members.mapBySection([1, 2, 3]),
  'sections of patrons': ({ members }) => members.mapByPatron([1, 2, 3]),
  'active members of sections': ({ members }) => members.countActive([1, 2, 3]),
  'what is due': ({ dailyRuns }) => dailyRuns.listDue('member', '2026-03-02', undefined, 1000),
  'what is due beyond a page': ({ dailyRuns }) =>
    dailyRuns.listDue('member', '2026-03-02', { ...last, turn: 'end', on: '2026-03-01' }, 1000),
  'patrons of whom something turns': ({ accessFrame }) =>
    accessFrame.listPatronsTurning('2026-03-02', '2026-06-30', 1000),
  'members of sections where something turns': ({ accessFrame }) =>
    accessFrame.listPatronsOfSections([1, 2, 3]),
  'what patrons of whom something turns are members of': ({ accessFrame }) =>
    accessFrame.listMemberships([1, 2, 3], '2026-03-02', 1),
  'the next patrons with their memberships': ({ accessFrame }) =>
    accessFrame.listMembershipsAfter(5, 1000, '2026-03-02', 1),
  'whether patrons are members': ({ patrons }) => patrons.listReferred([1, 2]),
  'whether sections have members': ({ records }) => records.section.listReferred([1, 2]),
};
