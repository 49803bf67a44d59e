import { authorizationSets } from '../../../contract/authorization-sets.ts';
import * as contract from '../../../contract/groups.ts';
import { saveGroup, saveSection } from '../../../directory/edit-groups.ts';
import { saveSet } from '../../../directory/edit-sets.ts';
import { viewGroups, viewSections, viewSets } from '../../../directory/view-records.ts';
import type { TermStatus } from '../../../domain/access/term.ts';
import type { RecordFilter } from '../../../ports/records.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';
import type { Api } from '../serve-operation.ts';
import { serveRecords } from './record-routes.ts';

/** `/groups`, `/sections` and `/authorization-sets`. */
export function groupRoutes(api: Api): void {
  const editedWith = 'manage-group-authorizations';
  serveRecords(api, contract.groups, {
    entity: 'group',
    editedWith,
    view: viewGroups,
    filter: (reader, { organization, status }) => within(reader, 'organization', organization, status),
    create: (tx, body, by) => saveGroup(tx, undefined, body, by),
    change: saveGroup,
  });
  serveRecords(api, contract.sections, {
    entity: 'section',
    editedWith,
    view: viewSections,
    filter: (reader, { group, status }) => within(reader, 'group', group, status),
    create: (tx, body, by) => saveSection(tx, undefined, body, by),
    change: saveSection,
  });
  serveRecords(api, authorizationSets, {
    entity: 'authorization-set',
    editedWith,
    view: viewSets,
    filter: (reader, { organization, status }) => within(reader, 'organization', organization, status),
    create: (tx, body, by) => saveSet(tx, undefined, body, by),
    change: saveSet,
  });
}

/** The store's filter for what belongs to something; undefined where there is no such thing. */
async function within(
  reader: TenantReader,
  entity: 'organization' | 'group',
  identifier: string | undefined,
  status: TermStatus | undefined,
): Promise<Pick<RecordFilter, 'parentId' | 'status'> | undefined> {
  const byStatus = status === undefined ? {} : { status };
  if (identifier === undefined) return byStatus;
  const parent = await reader.records[entity].findByIdentifier(identifier);
  return parent && { ...byStatus, parentId: parent.id };
}
