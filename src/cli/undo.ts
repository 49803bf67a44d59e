import type { Command } from 'commander';
import { viewRun } from '../directory/view-run.ts';
import { requestUndo } from '../sync/run-undo.ts';
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
import { printJson } from './lib/print.ts';
import { withProgressBar } from './lib/progress-bar.ts';
import { exitCodeOfRun, reportRun, runArgument } from './lib/run-report.ts';
import { listKept } from './lib/undo-report.ts';

/** `muster undo`: takes an import back, three ways. */
export function undoCommand(program: Command): void {
  program
    .command('undo')
    .description('take an import back; what was changed since stays and is listed')
    .addArgument(runArgument())
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster undo 12')
    .action(exits(undo));
}

async function undo(undone: number, options: TenantChoice & JsonChoice) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const { name, channel } = commandActor();
  const runId = await requestUndo(store, undone, name, channel, context.clock.now());
  const { imports } = context;
  imports.kick(options.tenant);
  const run = await withProgressBar(imports, options.tenant, runId, () =>
    imports.waitFor(options.tenant, runId),
  );
  if (options.json) {
    printJson({ ...(await viewRun(store.read, run)), kept: await listKept(store.read, run) });
  } else await reportRun(store.read, run);
  return run.state === 'failed' ? exitCodeOfRun(run) : exitCodes.good;
}
