import { changePatron, createPatron, getPatron, listPatrons } from '../../../contract/patrons.ts';
import { exportPatron, listHistory } from '../../../contract/patron-history.ts';
import { exportPatron as exportEverything } from '../../../directory/export-patron.ts';
import { getPatronOfPath, getPatronWithContacts } from '../../../directory/find-patron.ts';
import { listHistory as listWhatHappened } from '../../../directory/history.ts';
import { editByHand } from '../../../directory/hand-edits.ts';
import { newPatron, patronChange, type SavedPatron } from '../../../directory/save-patron.ts';
import { viewNote, viewPatron, viewPatrons } from '../../../directory/views.ts';
import { serveOperation, type Api } from '../serve-operation.ts';
import { handOf } from './hand-of.ts';
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
    handle: async ({ store, params }) => {
      const { patron, contacts } = await getPatronWithContacts(store.read, params.id);
      return viewPatron(patron, contacts);
    },
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
      const saved = await editByHand(call.store, newPatron(call.body), handOf(api, call));
      call.reply.header('location', `/api/v1/patrons/${saved.patron.id}`);
      return answerOf(saved);
    },
  });

  serveOperation(api, changePatron, {
    capability: 'edit-patrons',
    handle: async (call) =>
      answerOf(await editByHand(call.store, patronChange(call.params.id, call.body), handOf(api, call))),
  });
}

function answerOf({ patron, contacts, notes }: SavedPatron) {
  return { ...viewPatron(patron, contacts), notes: notes.map(viewNote) };
}
