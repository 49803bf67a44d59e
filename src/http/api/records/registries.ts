import * as contract from '../../../contract/registries.ts';
import { changeRegistered, register } from '../../../directory/edit-registries.ts';
import { identifierOf } from '../../../domain/records.ts';
import type { Api } from '../serve-operation.ts';
import { given } from './given.ts';
import { serveRecords } from './record-routes.ts';

/** `/organizations`, `/resource-types` and `/checkout-centers`: what files and sets refer to. */
export function registryRoutes(api: Api): void {
  serveRecords(api, contract.organizations, {
    entity: 'organization',
    editedWith: 'administer',
    view: (_reader, records) => records.map(({ name }) => ({ name })),
    create: (tx, body, by) => register(tx, 'organization', body, by),
    change: (tx, before, body, by) =>
      changeRegistered(tx, 'organization', identifierOf(before), given(body), by),
  });
  serveRecords(api, contract.resourceTypes, {
    entity: 'resource-type',
    editedWith: 'administer',
    view: (_reader, records) =>
      records.map(({ uniqueIdentifier, name, restricted }) => ({ uniqueIdentifier, name, restricted })),
    create: (tx, body, by) => register(tx, 'resource-type', body, by),
    change: (tx, before, body, by) =>
      changeRegistered(tx, 'resource-type', identifierOf(before), given(body), by),
  });
  serveRecords(api, contract.checkoutCenters, {
    entity: 'checkout-center',
    editedWith: 'administer',
    view: (_reader, records) =>
      records.map(({ name, portalRestricted, wcoRestricted }) => ({ name, portalRestricted, wcoRestricted })),
    create: (tx, body, by) => register(tx, 'checkout-center', body, by),
    change: (tx, before, body, by) =>
      changeRegistered(tx, 'checkout-center', identifierOf(before), given(body), by),
  });
}
