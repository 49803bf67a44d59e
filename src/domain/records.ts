import type { AuthorizationSet } from './authorization/authorization-set.ts';
import type { Group, Section } from './group/group.ts';
import type { CheckoutCenter, Organization, ResourceType } from './organization/registries.ts';

/** What is kept beside patrons and found by a text of its own: its identifier, or its name where it has none. */
export interface RecordTypes {
  readonly organization: Organization;
  readonly 'resource-type': ResourceType;
  readonly 'checkout-center': CheckoutCenter;
  readonly group: Group;
  readonly section: Section;
  readonly 'authorization-set': AuthorizationSet;
}
export type RecordEntity = keyof RecordTypes;

/** In an order in which each refers only to those before it, so that all can be written as they come. */
export const recordEntities = [
  'organization',
  'resource-type',
  'checkout-center',
  'authorization-set',
  'group',
  'section',
] as const satisfies readonly RecordEntity[];

/** Words for people, for one and for several. */
export const recordNouns: Readonly<Record<RecordEntity, readonly [one: string, many: string]>> = {
  organization: ['organization', 'organizations'],
  'resource-type': ['resource type', 'resource types'],
  'checkout-center': ['checkout center', 'checkout centers'],
  'authorization-set': ['authorization set', 'authorization sets'],
  group: ['group', 'groups'],
  section: ['section', 'sections'],
};

/** The text by which files and people name a record. */
export function identifierOf(record: RecordTypes[RecordEntity]): string {
  return 'uniqueIdentifier' in record ? record.uniqueIdentifier : record.name;
}
