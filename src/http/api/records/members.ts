import * as contract from '../../../contract/members.ts';
import { addMember, changeMember, type MemberOfPatron } from '../../../directory/edit-members.ts';
import { getRecord } from '../../../directory/record-editor.ts';
import { viewMembers } from '../../../directory/view-records.ts';
import type { StoredMember } from '../../../ports/records.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';
import { serveOperation, type Api } from '../serve-operation.ts';
import { editorOf } from './record-routes.ts';

/** `/sections/{id}/members`. */
export function memberRoutes(api: Api): void {
  serveOperation(api, contract.listMembers, {
    capability: 'view',
    handle: (call) =>
      call.store.snapshot(async (reader) => {
        const { status, page, pageSize } = call.query;
        const section = await getRecord(reader, 'section', call.params.id);
        const filter = { page, pageSize, ...(status && { status }) };
        const { items, total } = await reader.members.listBySection(section.id, filter);
        const { today } = editorOf(api, call);
        return {
          items: await viewMembers(reader, await withPatrons(reader, items), today),
          total,
          page,
          pageSize,
        };
      }),
  });

  serveOperation(api, contract.addMember, {
    capability: 'manage-group-authorizations',
    handle: async (call) => {
      const by = editorOf(api, call);
      const { patron, ...term } = call.body;
      const member = await call.store.transact(async (tx) => {
        const added = await addMember(tx, call.params.id, patron, term, by);
        return (await viewMembers(tx, [added], by.today))[0]!;
      });
      const [section, person] = [call.params.id, member.patron].map(encodeURIComponent);
      call.reply.header('location', `/api/v1/sections/${section}/members/${person}`);
      return member;
    },
  });

  serveOperation(api, contract.changeMember, {
    capability: 'manage-group-authorizations',
    handle: (call) => {
      const by = editorOf(api, call);
      const { id, patron } = call.params;
      return call.store.transact(async (tx) => {
        const changed = await changeMember(tx, id, patron, call.body, by);
        return (await viewMembers(tx, [changed], by.today))[0]!;
      });
    },
  });
}

async function withPatrons(
  reader: TenantReader,
  members: readonly StoredMember[],
): Promise<MemberOfPatron[]> {
  const found = await reader.patrons.findByIds(members.map(({ patronId }) => patronId));
  const patrons = new Map(found.map((patron) => [patron.id, patron]));
  return members.map((member) => ({ member, patron: patrons.get(member.patronId)! }));
}
