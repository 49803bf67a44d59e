import * as contract from '../../../contract/access.ts';
import { listOverrides, recordOverride } from '../../../directory/access-overrides.ts';
import { getTarget } from '../../../directory/access-targets.ts';
import { askAccess, type Moment } from '../../../directory/decide-access.ts';
import { getPatron, getPatronOfPath } from '../../../directory/find-patron.ts';
import { listPatronAccess } from '../../../directory/patron-access.ts';
import { parseInstant } from '../../../domain/access/parse-instant.ts';
import { MusterError } from '../../../domain/errors.ts';
import { rightsOf } from '../../../domain/organization/operator-rights.ts';
import type { Account } from '../../../ports/accounts.ts';
import type { TenantStore } from '../../../ports/tenant-store.ts';
import { serveOperation, type Api } from '../serve-operation.ts';
import { calendarRoutes } from './calendar.ts';
import { dailyRunRoutes, paged } from './daily-runs.ts';

/** `/access`, `/access/overrides` and `/patrons/{id}/access` (W20), and what dates give and take. */
export function accessRoutes(api: Api): void {
  questionRoutes(api);
  overrideRoutes(api);
  dailyRunRoutes(api);
  calendarRoutes(api);
}

function questionRoutes(api: Api): void {
  serveOperation(api, contract.checkAccess, {
    capability: 'view',
    handle: ({ store, query: { patron, at, ...choice } }) => {
      const moment = momentOf(api, store, at);
      return store.snapshot(async (reader) => viewed(await askAccess(reader, patron, choice, moment)));
    },
  });

  serveOperation(api, contract.listPatronAccess, {
    capability: 'view',
    handle: ({ store, params, query: { restricted, at, page, pageSize } }) => {
      const moment = momentOf(api, store, at);
      return store.snapshot(async (reader) => {
        const patron = await getPatronOfPath(reader, params.id);
        const granted = await listPatronAccess(reader, patron, moment, restricted);
        const items = granted
          .slice((page - 1) * pageSize, page * pageSize)
          .map((target) => ({ ...target, chain: [...target.chain] }));
        return paged({ page, pageSize }, { items, total: granted.length });
      });
    },
  });
}

function overrideRoutes(api: Api): void {
  serveOperation(api, contract.recordOverride, {
    capability: 'manage-group-authorizations',
    handle: ({ store, account, actor, body: { patron, reason, ...choice } }) => {
      refuseNowhere(account);
      const at = api.services.clock.now();
      return store.transact(async (tx) => {
        const found = await getPatron(tx, patron);
        return recordOverride(tx, found, await getTarget(tx, choice), { reason, actor, at });
      });
    },
  });

  serveOperation(api, contract.listOverrides, {
    capability: 'view',
    handle: ({ store, query: { patron, page, pageSize } }) =>
      store.snapshot(async (reader) => {
        const ofPatron = patron === undefined ? {} : { patronId: (await getPatron(reader, patron)).id };
        const choice = { page, pageSize };
        return paged(choice, await listOverrides(reader, { ...ofPatron, ...choice }));
      }),
  });
}

/** Now, or the instant that was asked about. */
function momentOf(api: Api, store: TenantStore, at: string | undefined): Moment {
  const { zone } = store.tenant;
  return { at: at === undefined ? api.services.clock.now() : parseInstant(at, zone), zone };
}

/** The capability is held at organizations (W18); without any it lets nobody override. */
function refuseNowhere({ username, capabilities, organizations }: Account): void {
  const rights = rightsOf({ name: username, capabilities, organizations });
  if (rights.everywhere || rights.organizations.size > 0) return;
  throw new MusterError(
    'forbidden',
    'This account holds “manage-group-authorizations” at no organization, so it cannot override.',
    { capability: 'manage-group-authorizations' },
  );
}

/** An answer in the lists of the contract, which the schema's types hold to be writable. */
function viewed({ chain, denials, ...answer }: Awaited<ReturnType<typeof askAccess>>) {
  return {
    ...answer,
    chain: [...chain],
    denials: denials.map(({ before, ...denial }) => ({ ...denial, before: [...before] })),
  };
}
