import type { FastifyRequest } from 'fastify';
import type { createImport } from '../../../contract/imports.ts';
import type { Run as RunAnswer } from '../../../contract/run.ts';
import { MusterError, errorCodes, type ErrorCode } from '../../../domain/errors.ts';
import type { Run } from '../../../ports/runs.ts';
import { getImportKind, resolveMode, resolveOptions } from '../../../sync/kinds/registry.ts';
import type { Upload } from '../../../sync/receive.ts';
import type { AppServices } from '../../services.ts';
import { receiveBody, receiveMultipart } from '../../upload.ts';
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
  const kind = getImportKind(query.kind);
  const mode = resolveMode(kind, query.mode);
  const options = resolveOptions(kind, query.key === undefined ? {} : { key: query.key });
  const { slug } = store.tenant;
  await using upload = await receiveUpload(services, request, `${kind.name}.csv`);
  const runId = await services.imports.submit(slug, upload, {
    kind: kind.name,
    mode,
    options,
    channel: actor.channel,
    sender: account.username,
    dryRun: query.dryRun,
  });
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
  bareName: string,
): Promise<Upload & AsyncDisposable> {
  using _ = services.imports.expectUpload();
  const options = { spoolDir: services.spoolDir, ...services.uploadLimits };
  const type = raw.headers['content-type'] ?? '';
  if (/^multipart\//i.test(type)) return await receiveMultipart(raw, options);
  if (/^text\/csv\s*(;|$)/i.test(type)) return await receiveBody(raw, bareName, options);
  throw new MusterError(
    'unsupported-media-type',
    `The body is ${type === '' ? 'of no type' : `of type “${type}”`}. Send the CSV as multipart/form-data (curl -F "file=@${bareName}") or as text/csv (curl -H "Content-Type: text/csv" --data-binary @${bareName}).`,
  );
}

/** A file that was refused whole, as the problem it is; its run stays to be looked at. */
function refusalOf(run: Run): MusterError {
  const code = errorCodes.find((known) => known === run.failure?.code) ?? ('internal' satisfies ErrorCode);
  return new MusterError(code, run.failure?.detail ?? run.summary, { run: run.id });
}
