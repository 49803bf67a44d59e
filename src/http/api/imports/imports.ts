import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import {
  approveImport,
  createImport,
  discardImport,
  getFailedRows,
  getImport,
  listImportRows,
  listImports,
  undoImport,
} from '../../../contract/imports.ts';
import { getImportPlan } from '../../../contract/plan.ts';
import type { Run as RunAnswer } from '../../../contract/run.ts';
import { fileNumber } from '../../../directory/run-files.ts';
import { viewPlan } from '../../../directory/view-plan.ts';
import { viewRunRow } from '../../../directory/view-run.ts';
import { MusterError } from '../../../domain/errors.ts';
import type { Run } from '../../../ports/runs.ts';
import type { TenantReader, TenantStore } from '../../../ports/tenant-store.ts';
import { failedRowsFile } from '../../../sync/failed-rows.ts';
import { approveRun, discardRun } from '../../../sync/held-run.ts';
import { requestUndo } from '../../../sync/run-undo.ts';
import { serveOperation, type Api } from '../serve-operation.ts';
import { handleCreateImport } from './create-import.ts';
import { runAnswer } from './run-answer.ts';

/** `/imports` and everything below it: files in, what became of them, and the decisions about them. */
export function importRoutes(api: Api): void {
  serveOperation(api, createImport, {
    // The least that any kind asks for; most ask for more.
    capability: 'manage-group-authorizations',
    handle: (call) => handleCreateImport(api, call),
  });
  readingRoutes(api);
  decidingRoutes(api);
}

function readingRoutes(api: Api): void {
  const { services } = api;

  serveOperation(api, listImports, {
    capability: 'view',
    handle: async ({ store, query }) => {
      const { items, total } = await store.read.runs.list(query);
      const { page, pageSize } = query;
      const shown = await Promise.all(items.map((run) => runAnswer(services, store, run)));
      return { items: shown, total, page, pageSize };
    },
  });

  serveOperation(api, getImport, {
    capability: 'view',
    handle: async ({ store, params }) => runAnswer(services, store, await getRun(store.read, params.id)),
  });

  serveOperation(api, listImportRows, {
    capability: 'view',
    handle: async ({ store, params, query }) => {
      const run = await getRun(store.read, params.id);
      const { page, pageSize, outcome, file } = query;
      const { items, total } = await store.read.runRows.list(params.id, {
        page,
        pageSize,
        ...(outcome === undefined ? {} : { outcome }),
        ...(file === undefined ? {} : { file: fileNumber(run, file) }),
      });
      return { items: items.map((row) => viewRunRow(row, run)), total, page, pageSize };
    },
  });

  serveOperation(api, getImportPlan, {
    capability: 'view',
    handle: async ({ store, params, query: { page, pageSize, losing } }) => {
      const run = await getRun(store.read, params.id);
      const plan = await viewPlan(store.read, run, { page, pageSize, onlyLosing: losing });
      return { ...plan, items: [...plan.items], page, pageSize };
    },
  });

  serveOperation(api, getFailedRows, {
    capability: 'view',
    handle: async ({ store, params, query, reply }) => {
      const { spoolDir } = services;
      const { fileName, text } = await failedRowsFile(store.read, params.id, spoolDir, query.file);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .send(Readable.from(text));
    },
  });
}

function decidingRoutes(api: Api): void {
  const { services } = api;
  /** The run once it is done, or as it stands where the caller does not wait. */
  async function answerTo(
    { store, query, reply }: { store: TenantStore; query: { wait: boolean }; reply: FastifyReply },
    runId: number,
  ): Promise<RunAnswer> {
    const { slug } = store.tenant;
    if (query.wait) return runAnswer(services, store, await services.imports.waitFor(slug, runId));
    services.imports.kick(slug);
    reply.code(202);
    return runAnswer(services, store, await getRun(store.read, runId));
  }

  serveOperation(api, approveImport, {
    capability: 'administer',
    handle: async (call) => {
      const { store, params, actor } = call;
      await approveRun(store, params.id, actor, services.clock.now());
      return answerTo(call, params.id);
    },
  });

  serveOperation(api, discardImport, {
    capability: 'administer',
    handle: async ({ store, params, actor }) => {
      await discardRun(store, params.id, actor, services.clock.now());
      return runAnswer(services, store, await getRun(store.read, params.id));
    },
  });

  serveOperation(api, undoImport, {
    capability: 'administer',
    handle: async (call) => {
      const { store, params, actor } = call;
      const at = services.clock.now();
      return answerTo(call, await requestUndo(store, params.id, actor.name, actor.channel, at));
    },
  });
}

async function getRun(reader: Pick<TenantReader, 'runs'>, id: number): Promise<Run> {
  const run = await reader.runs.findById(id);
  if (!run) throw new MusterError('not-found', `There is no run ${id}.`);
  return run;
}
