import { expect, test } from 'vitest';
import { capabilities } from '../ports/accounts.ts';
import type { Capability } from '../ports/accounts.ts';
import { can } from './capabilities.ts';

test.each<[Capability, Capability[]]>([
  ['administer', ['administer', 'edit-patrons', 'manage-group-authorizations', 'view']],
  ['edit-patrons', ['edit-patrons', 'view']],
  ['manage-group-authorizations', ['manage-group-authorizations', 'view']],
  ['view', ['view']],
])('%s allows %j and nothing else', (held, allowed) => {
  expect(capabilities.filter((wanted) => can({ capabilities: [held] }, wanted))).toEqual(allowed);
});

test('capabilities add, and none allows nothing', () => {
  const both = { capabilities: ['view', 'edit-patrons'] } as const;
  expect(can(both, 'edit-patrons')).toBe(true);
  expect(can(both, 'administer')).toBe(false);
  expect(can({ capabilities: [] }, 'view')).toBe(false);
});
