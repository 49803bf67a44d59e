import type { Context } from '../../context.ts';
import { editorWith, type RecordEditor } from '../../directory/record-editor.ts';
import { integrationRights } from '../../domain/organization/operator-rights.ts';
import type { TenantStore } from '../../ports/tenant-store.ts';
import { commandActor } from './open-command.ts';

/** Most that a list prints; `--json` says how many there are. */
export const listedMax = 1000;

/** Who edits records at this command line: whoever may use it may act at every organization (W18). */
export function commandEditor({ clock }: Context, { tenant }: TenantStore): RecordEditor {
  const actor = commandActor();
  return editorWith(tenant, integrationRights(actor.name), actor, clock.now());
}
