import * as contract from '../../../contract/contacts.ts';
import { parseScenarioNames } from '../../../domain/contact/scenarios.ts';
import {
  addContactByHand,
  changeContactByHand,
  removeContactByHand,
} from '../../../directory/edit-contacts.ts';
import { getPatronOfPath } from '../../../directory/find-patron.ts';
import { listRecipients, parseScenario } from '../../../directory/recipients.ts';
import { viewContact } from '../../../directory/views.ts';
import { serveOperation, type Api } from '../serve-operation.ts';
import { byHand } from './by-hand.ts';

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
      const { patron, contact } = await call.store.transact(async (tx) => {
        const patron = await getPatronOfPath(tx, call.params.id);
        const contact = await addContactByHand(tx, patron, contactValues(call.body), byHand(api, call));
        return { patron, contact };
      });
      call.reply.header('location', `/api/v1/patrons/${patron.id}/contacts/${contact.id}`);
      return viewContact(contact, patron);
    },
  });

  serveOperation(api, contract.changeContact, {
    capability: 'edit-patrons',
    handle: (call) =>
      call.store.transact(async (tx) => {
        const patron = await getPatronOfPath(tx, call.params.id);
        const { contactId } = call.params;
        const changes = contactValues(call.body);
        return viewContact(
          await changeContactByHand(tx, patron, contactId, changes, byHand(api, call)),
          patron,
        );
      }),
  });

  serveOperation(api, contract.removeContact, {
    capability: 'edit-patrons',
    handle: (call) =>
      call.store.transact(async (tx) => {
        const patron = await getPatronOfPath(tx, call.params.id);
        await removeContactByHand(tx, patron, call.params.contactId, byHand(api, call));
      }),
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
