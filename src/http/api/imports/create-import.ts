import type { FastifyRequest } from 'fastify';
import type { createImport } from '../../../contract/imports.ts';
import type { Run as RunAnswer } from '../../../contract/run.ts';
import { MusterError, errorCodes, type ErrorCode } from '../../../domain/errors.ts';
import type { Run } from '../../../ports/runs.ts';
import { findBundle, getImportable, resolveMode, resolveOptions } from '../../../sync/kinds/registry.ts';
import type { ImportRequest, Upload } from '../../../sync/receive.ts';
import { uploadOptions, type AppServices } from '../../services.ts';
import { receiveBody, receiveDelivery, receiveMultipart } from '../../upload.ts';
import { demand } from '../caller.ts';
import type { Api, Call } from '../serve-operation.ts';
import { runAnswer } from './run-answer.ts';

/**
 * Takes an upload and answers with its finished run, or as received where the caller does not wait. What is
 * wrong with the request is said before the body is read.
 */
export async function handleCreateImport(
  { services }: Api,
  { store, account, actor, query, request, reply }: Call<typeof createImport>,
): Promise<RunAnswer> {
  const kind = getImportable(query.kind);
  // W18: an operator sends the files of groups; each row is judged where it belongs.
  demand(account, kind.forOperators === true ? 'manage-group-authorizations' : 'administer');
  const mode = resolveMode(kind, query.mode);
  const options = resolveOptions(kind, query.key === undefined ? {} : { key: query.key });
  const { slug } = store.tenant;
  const wanted: ImportRequest = {
    kind: kind.name,
    mode,
    options,
    channel: actor.channel,
    sender: account.username,
    dryRun: query.dryRun,
  };
  await using upload = await receiveUpload(services, request, slug, wanted);
  const runId = await services.imports.submit(slug, upload, wanted);
  if (!query.wait) {
    reply.code(202);
    return await runAnswer(services, store, (await store.read.runs.findById(runId))!);
  }
  const run = await services.imports.waitFor(slug, runId);
  if (run.state === 'failed') throw refusalOf(run);
  return await runAnswer(services, store, run);
}

async function receiveUpload(
  services: AppServices,
  { raw }: FastifyRequest,
  tenant: string,
  wanted: ImportRequest,
): Promise<Upload & AsyncDisposable> {
  using _ = services.imports.expectUpload();
  const options = uploadOptions(services, raw, tenant, wanted);
  const { kind: name } = wanted;
  const type = raw.headers['content-type'] ?? '';
  const isForm = /^multipart\//i.test(type);
  if (findBundle(name) !== undefined) {
    // W19: the files themselves, or one ZIP of them.
    if (isForm) return await receiveDelivery(raw, `${name}.zip`, options);
    if (/^application\/(x-)?zip(-compressed)?\s*(;|$)/i.test(type)) {
      return await receiveBody(raw, `${name}.zip`, options);
    }
    throw unsupported(
      type,
      `Send the files as multipart/form-data (curl -F "file=@group.csv" -F "file=@section.csv") or one ZIP of them as application/zip (curl -H "Content-Type: application/zip" --data-binary @${name}.zip).`,
    );
  }
  if (isForm) return await receiveMultipart(raw, options);
  if (/^text\/csv\s*(;|$)/i.test(type)) return await receiveBody(raw, `${name}.csv`, options);
  throw unsupported(
    type,
    `Send the CSV as multipart/form-data (curl -F "file=@${name}.csv") or as text/csv (curl -H "Content-Type: text/csv" --data-binary @${name}.csv).`,
  );
}

function unsupported(type: string, whatToDo: string): MusterError {
  const found = type === '' ? 'of no type' : `of type “${type}”`;
  return new MusterError('unsupported-media-type', `The body is ${found}. ${whatToDo}`);
}

/** A file that was refused whole, as the problem it is; its run stays to be looked at. */
function refusalOf(run: Run): MusterError {
  const code = errorCodes.find((known) => known === run.failure?.code) ?? ('internal' satisfies ErrorCode);
  return new MusterError(code, run.failure?.detail ?? run.summary, { run: run.id });
}
