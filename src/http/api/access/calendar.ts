import { setImmediate as letOthersWork } from 'node:timers/promises';
import * as contract from '../../../contract/calendar.ts';
import { listCalendarDate, viewCalendar } from '../../../directory/calendar.ts';
import { serveOperation, type Api } from '../serve-operation.ts';
import { paged } from './daily-runs.ts';

/** `/calendar`: who will gain and lose access, and why. Reckoned in pieces, between which others are answered. */
export function calendarRoutes(api: Api): void {
  const now = () => api.services.clock.now();

  serveOperation(api, contract.getCalendar, {
    capability: 'view',
    handle: async ({ store, query: { days } }) => {
      const moment = { at: now(), zone: store.tenant.zone };
      const calendar = await store.snapshot((reader) => viewCalendar(reader, moment, days, letOthersWork));
      return { ...calendar, total: calendar.items.length, page: 1, pageSize: days };
    },
  });

  serveOperation(api, contract.getCalendarDate, {
    capability: 'view',
    handle: async ({ store, params: { date }, query }) => {
      const moment = { at: now(), zone: store.tenant.zone };
      return store.snapshot(async (reader) =>
        paged(query, await listCalendarDate(reader, moment, date, query, letOthersWork)),
      );
    },
  });
}
