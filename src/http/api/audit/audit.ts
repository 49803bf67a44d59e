import { listAudit } from '../../../contract/audit.ts';
import { viewInstant } from '../../../directory/views.ts';
import { serveOperation, type Api } from '../serve-operation.ts';

/** `/audit`: who administered what. */
export function auditRoutes(api: Api): void {
  serveOperation(api, listAudit, {
    capability: 'administer',
    handle: async ({ store, query: { page, pageSize } }) => {
      const { items, total } = await store.read.audit.list(page, pageSize);
      const shown = items.map(({ id, at, actor, action, subject, detail }) => ({
        id,
        at: viewInstant(at),
        actor: actor.name,
        channel: actor.channel,
        action,
        subject,
        detail: { ...detail },
      }));
      return { items: shown, total, page, pageSize };
    },
  });
}
