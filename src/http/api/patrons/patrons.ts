import { getPatron, listPatrons } from '../../../contract/patrons.ts';
import { serveOperation, type Api } from '../serve-operation.ts';
import { patronAnswer, patronAnswers } from './patron-answer.ts';
import { getPatronOfPath } from '../../../directory/find-patron.ts';

/** `/patrons` and everything below it. */
export function patronRoutes(api: Api): void {
  serveOperation(api, listPatrons, {
    capability: 'view',
    handle: ({ store, query }) =>
      store.snapshot(async (reader) => {
        const { items, total } = await reader.patrons.search(query);
        const { page, pageSize } = query;
        return { items: await patronAnswers(reader, items), total, page, pageSize };
      }),
  });

  serveOperation(api, getPatron, {
    capability: 'view',
    handle: ({ store, params }) =>
      store.snapshot(async (reader) => patronAnswer(reader, await getPatronOfPath(reader, params.id))),
  });
}
