import { describe, expect, test } from 'vitest';
import { todayAt } from '../../../test/support/today-at.ts';
import { integrationRights, rightsOf } from '../organization/operator-rights.ts';
import type { DeclaredDescribed } from './described-row.ts';
import type { Group, Section } from './group.ts';
import { planGroup, planSection, type GroupAround, type SectionAround } from './plan-group.ts';

const today = todayAt('2026-03-02', 1000);
const anybody = { today, rights: integrationRights('drop') };
const kim = (...organizations: string[]) => ({
  today,
  rights: rightsOf({ name: 'kim', capabilities: ['manage-group-authorizations'], organizations }),
});
const refused = (value: string) => ({ code: 'not-permitted', value, suggestion: 'kim' });

const declared = (parent: string): DeclaredDescribed => ({
  row: 2,
  uniqueIdentifier: 'G1',
  name: 'Film 101',
  parent,
  texts: {},
  status: undefined,
  startDate: undefined,
  endDate: undefined,
  contactPerson: undefined,
});

const described = {
  id: 4,
  uniqueIdentifier: 'G1',
  name: 'Film 101',
  description: '',
  note: '',
  startDate: null,
  endDate: null,
  inactiveSince: null,
  contactPatronId: null,
  contactRole: '',
  telephone: '',
  email: '',
  url: '',
  contactNote: '',
};

describe('groups', () => {
  const stored: Group = { ...described, organizationId: 1, primarySetId: 9 };
  const around: GroupAround = {
    organizations: new Map([
      ['Film', 1],
      ['Music', 2],
    ]),
    storedOrganization: 'Film',
    primarySet: undefined,
    contact: undefined,
  };

  test('W8 an organization is named exactly and never made', () => {
    expect(planGroup(undefined, declared('film'), around, anybody).faults).toEqual([
      { code: 'organization-unknown', column: 'organization', value: 'film', suggestion: 'Film' },
    ]);
  });

  test('W14 a group keeps its primary set', () => {
    const { after } = planGroup(stored, declared('Film'), around, anybody);
    expect(after).toMatchObject({ organizationId: 1, primarySetId: 9 });
  });

  test('W17 it cannot move to an organization that its primary set does not serve', () => {
    const primarySet = { identifier: 'CAMERAS', serves: [1] };
    expect(planGroup(stored, declared('Music'), { ...around, primarySet }, anybody).faults).toEqual([
      { code: 'set-not-delegated', column: 'organization', value: 'CAMERAS', suggestion: 'Music' },
    ]);
    const delegated = { ...around, primarySet: { ...primarySet, serves: [1, 2] } };
    expect(planGroup(stored, declared('Music'), delegated, anybody).after).toMatchObject({
      organizationId: 2,
    });
  });

  test('W18 an operator needs the right where the group is and where it goes', () => {
    const move = (...organizations: string[]) =>
      planGroup(stored, declared('Music'), around, kim(...organizations)).faults;
    expect(move()).toEqual([refused('Film'), refused('Music')]);
    expect(move('Film')).toEqual([refused('Music')]);
    expect(move('Film', 'Music')).toBeUndefined();
    const made = planGroup(undefined, declared('Film'), { ...around, storedOrganization: undefined }, kim());
    expect(made.faults).toEqual([refused('Film')]);
  });
});

describe('sections', () => {
  const stored: Section = { ...described, groupId: 7 };
  const film = { id: 7, organization: 'Film' };
  const music = { id: -3, organization: 'Music' };
  const around: SectionAround = { group: film, storedGroup: film, contact: undefined };

  test('W8 a group that is missing, or failed in the delivery, fails the row', () => {
    const at = { column: 'group-unique-identifier', value: 'FILM' };
    const plan = (group: SectionAround['group']) =>
      planSection(undefined, declared('FILM'), { ...around, group, storedGroup: undefined }, anybody);
    expect(plan(undefined).faults).toEqual([{ code: 'group-unknown', ...at }]);
    expect(plan({ failedIn: 'group.csv, row 3' }).faults).toEqual([
      { code: 'parent-failed', ...at, suggestion: 'group.csv, row 3' },
    ]);
  });

  test('W10 an existing section may move to another group', () => {
    expect(planSection(stored, declared('MUSIC'), { ...around, group: music }, anybody).after).toMatchObject({
      groupId: -3,
    });
  });

  test('W18 an operator needs the right at both groups', () => {
    const move = (...organizations: string[]) =>
      planSection(stored, declared('MUSIC'), { ...around, group: music }, kim(...organizations)).faults;
    expect(move('Film')).toEqual([refused('Music')]);
    expect(move('Music')).toEqual([refused('Film')]);
    expect(move('Film', 'Music')).toBeUndefined();
  });

  test('all that is wrong with a row is told at once', () => {
    const row: DeclaredDescribed = { ...declared('FILM'), status: 'INACTIVE', contactPerson: 'nobody' };
    const { faults } = planSection(undefined, row, { ...around, group: undefined }, anybody);
    expect(faults!.map(({ code }) => code)).toEqual([
      'group-unknown',
      'contact-person-unknown',
      'inactive-without-past-end',
    ]);
  });
});
