import * as contract from '../../../contract/daily-runs.ts';
import * as runs from '../../../directory/view-daily-runs.ts';
import { serveOperation, type Api } from '../serve-operation.ts';

/** `/daily-runs`: the dates that were run and what they changed (W3). */
export function dailyRunRoutes(api: Api): void {
  serveOperation(api, contract.listDailyRuns, {
    capability: 'view',
    handle: ({ store, query }) =>
      store.snapshot(async (reader) => paged(query, await runs.listDailyRuns(reader, query))),
  });

  serveOperation(api, contract.getDailyRun, {
    capability: 'view',
    handle: ({ store, params }) => store.snapshot((reader) => runs.getDailyRun(reader, params.date)),
  });

  serveOperation(api, contract.listStatusChanges, {
    capability: 'view',
    handle: ({ store, params, query }) =>
      store.snapshot(async (reader) =>
        paged(query, await runs.listStatusChanges(reader, params.date, query)),
      ),
  });

  serveOperation(api, contract.listAccessTurns, {
    capability: 'view',
    handle: ({ store, params, query }) =>
      store.snapshot(async (reader) => paged(query, await runs.listAccessTurns(reader, params.date, query))),
  });
}

/** A page as lists answer it. */
export function paged<T>(
  { page, pageSize }: { readonly page: number; readonly pageSize: number },
  { items, total }: { readonly items: readonly T[]; readonly total: number | null },
): { items: T[]; total: number | null; page: number; pageSize: number } {
  return { items: [...items], total, page, pageSize };
}
