import { getTemplate } from '../../../contract/templates.ts';
import { templateCsv } from '../../../sync/file-spec.ts';
import { getFileKind } from '../../../sync/kinds/registry.ts';
import { serveOperation, type Api } from '../serve-operation.ts';

/** `/templates/{kind}.csv`, from the same columns that the import reads. */
export function templateRoutes(api: Api): void {
  serveOperation(api, getTemplate, {
    capability: 'view',
    handle: async ({ params, query, reply }) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${params.kind}.csv"`)
        .send(templateCsv(getFileKind(params.kind).fileSpec, query.wco ? [] : ['wco-checkout-centers'])),
  });
}
