import { InvalidArgumentError, type Command } from 'commander';
import { runSummary, viewRun } from '../directory/view-run.ts';
import { MusterError } from '../domain/errors.ts';
import { runStates, type Run, type RunState } from '../ports/runs.ts';
import { failedRowsFile } from '../sync/failed-rows.ts';
import { approveRun, discardRun } from '../sync/held-run.ts';
import { exitCodes, exits } from './lib/exit.ts';
import {
  commandActor,
  jsonOption,
  openCommand,
  openTenant,
  tenantOption,
  type JsonChoice,
  type TenantChoice,
} from './lib/open-command.ts';
import { localTime, printJson, printTable, say, writeCsv } from './lib/print.ts';
import { printPlan } from './lib/plan-report.ts';
import { withProgressBar } from './lib/progress-bar.ts';
import { exitCodeOfRun, printRunJson, reportRun, runArgument } from './lib/run-report.ts';

interface RunsOptions extends TenantChoice, JsonChoice {
  readonly state?: RunState;
  readonly failedRows?: boolean;
  readonly file?: string;
  readonly plan?: boolean;
  readonly losing?: boolean;
}

const runsListed = 50;

/** `muster runs`, `muster approve`, `muster discard`: what came of imports, and what is held. */
export function runsCommands(program: Command): void {
  program
    .command('runs')
    .description('list imports, newest first, or show one')
    .addArgument(runArgument().argOptional())
    .option('--state <state>', `only those that are ${runStates.join(', ')}`, stateOf)
    .option('--failed-rows', 'print the failed rows of the run as a CSV, to be mended and sent again')
    .option('--file <name>', 'with --failed-rows: of this one of several files')
    .option('--plan', 'print what the run does, did or would do, subject by subject')
    .option('--losing', 'with --plan: only subjects by which anybody loses anything')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster runs 12 --plan\n  muster runs 12 --failed-rows > failed.csv')
    .action(exits(runs));
  program
    .command('approve')
    .description('let a held import go on; it is planned afresh and applied')
    .addArgument(runArgument())
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster approve 12')
    .action(exits(approve));
  program
    .command('discard')
    .description('drop a held import; nothing was changed and nothing will be')
    .addArgument(runArgument())
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster discard 12')
    .action(exits(discard));
}

async function runs(id: number | undefined, options: RunsOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  if (id === undefined) {
    if (options.failedRows) throw new MusterError('bad-request', 'Name the run whose failed rows you want.');
    if (options.plan || options.losing)
      throw new MusterError('bad-request', 'Name the run whose plan you want.');
    const filter = { page: 1, pageSize: runsListed, ...(options.state ? { state: options.state } : {}) };
    const { items, total } = await store.read.runs.list(filter);
    if (options.json) {
      const views = await Promise.all(items.map((run) => viewRun(store.read, run)));
      printJson({ items: views, total, page: 1, pageSize: runsListed });
    } else printList(items, store.tenant.zone);
    return exitCodes.good;
  }
  if (options.failedRows) {
    const { text } = await failedRowsFile(store.read, id, context.spoolDir, options.file);
    for await (const piece of text) writeCsv(piece);
    return exitCodes.good;
  }
  const run = await store.read.runs.findById(id);
  if (!run) throw new MusterError('not-found', `There is no run ${id}.`);
  if (options.plan || options.losing) {
    await printPlan(store.read, run, { onlyLosing: options.losing ?? false, json: options.json ?? false });
    return exitCodes.good;
  }
  if (options.json) await printRunJson(store.read, run);
  else {
    const { fileName, sizeBytes } = await viewRun(store.read, run);
    const file = fileName === null ? '' : `, ${fileName} (${sizeBytes} bytes)`;
    const at = localTime(run.receivedAt, store.tenant.zone);
    say(
      `${run.kind}, ${run.mode}${file}; sent by ${run.sender} (${run.channel}) at ${at}; ${stateText(run)}`,
    );
    await reportRun(store.read, run);
  }
  return exitCodes.good;
}

function printList(items: readonly Run[], zone: string): void {
  printTable(
    ['RUN', 'RECEIVED', 'STATE', 'KIND', 'SENDER', 'SUMMARY'],
    items.map((run) => [
      run.id,
      localTime(run.receivedAt, zone),
      stateText(run),
      run.kind,
      run.sender,
      runSummary(run),
    ]),
  );
}

/** A dry run that ended well is kept as applied, which people would take for something else. */
function stateText({ state, dryRun }: Run): string {
  return dryRun && state === 'applied' ? 'dry run' : state;
}

async function approve(id: number, options: TenantChoice & JsonChoice) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const { imports } = context;
  await approveRun(store, id, commandActor(), context.clock.now());
  imports.kick(options.tenant);
  const run = await withProgressBar(imports, options.tenant, id, () => imports.waitFor(options.tenant, id));
  if (options.json) await printRunJson(store.read, run);
  else await reportRun(store.read, run);
  return exitCodeOfRun(run);
}

async function discard(id: number, options: TenantChoice & JsonChoice) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  await discardRun(store, id, commandActor(), context.clock.now());
  const run = (await store.read.runs.findById(id))!;
  if (options.json) printJson(await viewRun(store.read, run));
  else say(`Run ${id} was discarded; nothing was changed.`);
  return exitCodes.good;
}

function stateOf(text: string): RunState {
  const state = runStates.find((name) => name === text.toLowerCase());
  if (state) return state;
  throw new InvalidArgumentError(`The states are ${runStates.join(', ')}.`);
}
