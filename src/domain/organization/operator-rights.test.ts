import { expect, test } from 'vitest';
import { integrationRights, mayManageAt, rightsOf } from './operator-rights.ts';

const at = (capabilities: string[], organizations: string[], organization: string) =>
  mayManageAt(rightsOf({ name: 'kim', capabilities, organizations }), organization);

test('W18 an operator may act at the organizations named, to the letter', () => {
  expect(at(['manage-group-authorizations'], ['Film', 'Music'], 'Music')).toBe(true);
  expect(at(['manage-group-authorizations'], ['Film', 'Music'], 'music')).toBe(false);
  expect(at(['manage-group-authorizations'], [], 'Music')).toBe(false);
});

test('W18 an organization without the capability is worth nothing', () => {
  expect(at(['view', 'edit-patrons'], ['Music'], 'Music')).toBe(false);
});

test('W18 an administrator and the integration may act everywhere', () => {
  expect(at(['administer'], [], 'Music')).toBe(true);
  expect(mayManageAt(integrationRights('drop'), 'Music')).toBe(true);
});
