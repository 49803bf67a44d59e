import { randomUUID } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { limits } from '../config/config.ts';
import { MusterError } from '../domain/errors.ts';
import { keyFields } from '../domain/patron/patron.ts';
import { importKinds } from '../ports/runs.ts';
import {
  findBundle,
  getImportable,
  resolveMode,
  resolveOptions,
  type Importable,
} from '../sync/kinds/registry.ts';
import { oneDelivery } from '../sync/bundle/pack-files.ts';
import type { Upload } from '../sync/receive.ts';
import { spoolUpload } from '../sync/spool-upload.ts';
import { exits } from './lib/exit.ts';
import {
  commandActor,
  jsonOption,
  openCommand,
  openTenant,
  tenantOption,
  type JsonChoice,
  type TenantChoice,
} from './lib/open-command.ts';
import { withProgressBar } from './lib/progress-bar.ts';
import { exitCodeOfRun, printRunJson, reportRun } from './lib/run-report.ts';

interface ImportOptions extends TenantChoice, JsonChoice {
  readonly mode?: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** `muster import`: what an upload over HTTP does, from a file or standard input. */
export function importCommand(program: Command): void {
  const modes = importKinds.map((name) => {
    const kind = getImportable(name);
    return `  ${name}: ${kind.modes.map((mode) => mode.name).join(', ')}`;
  });
  program
    .command('import')
    .description('import a file, or several as one')
    .argument('<kind>', importKinds.join(', '))
    .argument(
      '<file...>',
      'a CSV file; - reads standard input; of kind webcheckout any of its files, or one ZIP of them',
    )
    .option('-m, --mode <mode>', 'how the file is meant; the first of its kind below is the default')
    .option('-k, --key <column>', `patrons: the column that says who a row is (${keyFields.join(', ')})`)
    .option('-n, --dry-run', 'plan and report, change nothing; says also whether it would be held')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Modes:
${modes.join('\n')}

Exit code 4: some rows failed and the rest was applied. 5: the plan is held until somebody approves it.

Example:
  muster import contacts contacts.csv --mode replaceDeclaredPatronsKeepCustomContacts
  muster import webcheckout group.csv section.csv section-members.csv authorization-set.csv`,
    )
    .action(exits(importFiles));
}

async function importFiles(kindName: string, files: readonly string[], options: ImportOptions) {
  const kind = getImportable(kindName);
  const mode = resolveMode(kind, options.mode);
  const kindOptions = resolveOptions(kind, options.key === undefined ? {} : { key: options.key });
  refuseTooMany(kind, files);
  for (const file of files) refuseUnreadable(file);
  await using context = await openCommand({ create: true });
  const store = await openTenant(context, options);
  const { imports } = context;
  const { name: sender, channel } = commandActor();
  let runId: number;
  {
    await using upload = await spooledAll(files, kind, context.spoolDir);
    const request = { kind: kind.name, mode, options: kindOptions, channel, sender };
    runId = await imports.submit(options.tenant, upload, { ...request, dryRun: options.dryRun ?? false });
  }
  const leave = () => {
    console.error(`Run ${runId} is stored: the server, or Muster’s next start, finishes it.`);
    process.exit(128 + constants.signals.SIGINT);
  };
  process.once('SIGINT', leave);
  const run = await withProgressBar(imports, options.tenant, runId, () =>
    imports.waitFor(options.tenant, runId),
  );
  process.off('SIGINT', leave);
  if (options.json) await printRunJson(store.read, run);
  else await reportRun(store.read, run);
  return exitCodeOfRun(run);
}

function refuseTooMany(kind: Importable, files: readonly string[]): void {
  if (files.length === 1 || findBundle(kind.name) !== undefined) return;
  throw new MusterError('bad-request', `A ${kind.name} import takes one file, not ${files.length}.`);
}

function refuseUnreadable(file: string): void {
  if (file === '-') return;
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new MusterError('not-found', `There is no file ${file}.`);
  if (found.isDirectory()) throw new MusterError('bad-request', `${file} is a folder. Name a CSV file.`);
}

/** One delivery of all the files. */
async function spooledAll(
  files: readonly string[],
  { name }: Importable,
  spoolDir: string,
): Promise<Upload & AsyncDisposable> {
  if (findBundle(name) === undefined) return spooled(files[0]!, `${name}.csv`, spoolDir);
  const parts = new AsyncDisposableStack();
  const path = join(spoolDir, `upload-${randomUUID()}`);
  parts.defer(() => rm(path, { force: true }));
  try {
    const uploads: Upload[] = [];
    for (const file of files) uploads.push(parts.use(await spooled(file, `${name}.zip`, spoolDir)));
    const delivery = await oneDelivery(uploads, { path, fileName: `${name}.zip` });
    return { ...delivery, [Symbol.asyncDispose]: () => parts.disposeAsync() };
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

/** A copy of the file: what is hashed and stored is the same, whatever becomes of the file meanwhile. */
async function spooled(file: string, bareName: string, spoolDir: string): Promise<Upload & AsyncDisposable> {
  const path = join(spoolDir, `upload-${randomUUID()}`);
  const source = file === '-' ? process.stdin : createReadStream(file);
  const fileName = file === '-' ? bareName : basename(file);
  const upload = await spoolUpload(source, { path, fileName, bytesMax: limits.uploadBytesMax });
  return { ...upload, [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}
