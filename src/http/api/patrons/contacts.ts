import * as contract from '../../../contract/contacts.ts';
import { parseScenarioNames } from '../../../domain/contact/scenarios.ts';
import { contactAddition, contactChange, contactRemoval } from '../../../directory/edit-contacts.ts';
import { getPatronOfPath } from '../../../directory/find-patron.ts';
import { editByHand } from '../../../directory/hand-edits.ts';
import { listRecipients, parseScenario } from '../../../directory/recipients.ts';
import { viewContact } from '../../../directory/views.ts';
import { serveOperation, type Api } from '../serve-operation.ts';
import { handOf } from './hand-of.ts';

/** `/patrons/{id}/contacts`, where every change is one by hand (I12), and `/patrons/{id}/recipients`. */
export function contactRoutes(api: Api): void {
  readRoutes(api);
  writeRoutes(api);
}

function readRoutes(api: Api): void {
  serveOperation(api, contract.listContacts, {
    capability: 'view',
    handle: ({ store, params, query: { page, pageSize } }) =>
      store.snapshot(async (reader) => {
        const patron = await getPatronOfPath(reader, params.id);
        const contacts = await reader.contacts.listByPatron(patron.id);
        const shown = contacts.slice((page - 1) * pageSize, page * pageSize);
        const items = shown.map((contact) => viewContact(contact, patron));
        return { items, total: contacts.length, page, pageSize };
      }),
  });

  serveOperation(api, contract.listRecipients, {
    capability: 'view',
    handle: ({ store, params, query }) =>
      store.snapshot(async (reader) => {
        const patron = await getPatronOfPath(reader, params.id);
        return { items: await listRecipients(reader, patron, parseScenario(query.scenario)) };
      }),
  });
}

function writeRoutes(api: Api): void {
  serveOperation(api, contract.addContact, {
    capability: 'edit-patrons',
    handle: async (call) => {
      const edit = contactAddition(call.params.id, contactValues(call.body));
      const { patron, contact } = await editByHand(call.store, edit, handOf(api, call));
      call.reply.header('location', `/api/v1/patrons/${patron.id}/contacts/${contact.id}`);
      return viewContact(contact, patron);
    },
  });

  serveOperation(api, contract.changeContact, {
    capability: 'edit-patrons',
    handle: async (call) => {
      const { id, contactId } = call.params;
      const edit = contactChange(id, contactId, contactValues(call.body));
      const { patron, contact } = await editByHand(call.store, edit, handOf(api, call));
      return viewContact(contact, patron);
    },
  });

  serveOperation(api, contract.removeContact, {
    capability: 'edit-patrons',
    handle: (call) => {
      const { id, contactId } = call.params;
      return editByHand(call.store, contactRemoval(id, contactId), handOf(api, call));
    },
  });
}

/** What was sent, with scenarios as a set; what was left out stays left out. */
function contactValues<T extends { readonly scenarios?: readonly string[] | undefined }>(sent: T) {
  const { scenarios, ...others } = sent;
  const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  return {
    ...(given as { [Field in keyof typeof others]: Exclude<(typeof others)[Field], undefined> }),
    ...(scenarios && { scenarios: parseScenarioNames(scenarios) }),
  };
}
