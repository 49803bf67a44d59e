import { changePatron, createPatron, getPatron, listPatrons } from '../../../contract/patrons.ts';
import { exportPatron, listHistory } from '../../../contract/patron-history.ts';
import { exportPatron as exportEverything } from '../../../directory/export-patron.ts';
import { getPatronOfPath } from '../../../directory/find-patron.ts';
import { listHistory as listWhatHappened } from '../../../directory/history.ts';
import * as save from '../../../directory/save-patron.ts';
import { viewNote, viewPatron, viewPatrons } from '../../../directory/views.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';
import { serveOperation, type Api } from '../serve-operation.ts';
import { byHand } from './by-hand.ts';
import { contactRoutes } from './contacts.ts';

/** `/patrons` and everything below it. */
export function patronRoutes(api: Api): void {
  readRoutes(api);
  writeRoutes(api);
  contactRoutes(api);
}

function readRoutes(api: Api): void {
  serveOperation(api, listPatrons, {
    capability: 'view',
    handle: ({ store, query: { page, pageSize, q, role, status, withoutEmail } }) =>
      store.snapshot(async (reader) => {
        const { items, total } = await reader.patrons.search({
          q,
          page,
          pageSize,
          withoutEmail,
          ...(role && { role }),
          ...(status && { status }),
        });
        return { items: await viewPatrons(reader, items), total, page, pageSize };
      }),
  });

  serveOperation(api, getPatron, {
    capability: 'view',
    handle: ({ store, params }) =>
      store.snapshot(async (reader) => viewPatron(reader, await getPatronOfPath(reader, params.id))),
  });

  serveOperation(api, listHistory, {
    capability: 'view',
    handle: ({ store, params, query }) =>
      store.snapshot(async (reader) => {
        const patron = await getPatronOfPath(reader, params.id);
        const { items, total } = await listWhatHappened(reader, patron, query);
        return { items: [...items], total, page: query.page, pageSize: query.pageSize };
      }),
  });

  serveOperation(api, exportPatron, {
    capability: 'view',
    handle: ({ store, params }) =>
      store.snapshot(async (reader) => {
        const { id } = await getPatronOfPath(reader, params.id);
        return exportEverything(reader, id);
      }),
  });
}

function writeRoutes(api: Api): void {
  serveOperation(api, createPatron, {
    capability: 'edit-patrons',
    handle: async (call) => {
      const saved = await call.store.transact(async (tx) =>
        answerOf(tx, await save.createPatron(tx, call.body, byHand(api, call))),
      );
      call.reply.header('location', `/api/v1/patrons/${saved.id}`);
      return saved;
    },
  });

  serveOperation(api, changePatron, {
    capability: 'edit-patrons',
    handle: (call) =>
      call.store.transact(async (tx) => {
        const before = await getPatronOfPath(tx, call.params.id);
        return answerOf(tx, await save.changePatron(tx, before, call.body, byHand(api, call)));
      }),
  });
}

async function answerOf(reader: TenantReader, { patron, notes }: save.SavedPatron) {
  return { ...(await viewPatron(reader, patron)), notes: notes.map(viewNote) };
}
