import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { newPassword } from '../auth/new-password.ts';
import { passwordProblem } from '../auth/password-rule.ts';
import { hashPassword } from '../auth/passwords.ts';
import { limits } from '../config/config.ts';
import { readConfig } from '../config/env.ts';
import { configWarnings } from '../config/warnings.ts';
import { openContext, systemClock, type Context } from '../context.ts';
import { firstStart } from '../directory/first-start.ts';
import { MusterError } from '../domain/errors.ts';
import { createApp } from '../http/app.ts';
import { listen } from '../http/listen.ts';
import { stopServer } from '../http/stop-server.ts';
import { endOnUncaught } from '../observability/last-resort.ts';
import { collectProcessMetrics } from '../observability/metrics.ts';
import { sweepHeap } from '../observability/sweep-heap.ts';
import { fillDemo } from './demo/fill-demo.ts';
import { exitCodes, exits, type ExitCode } from './lib/exit.ts';
import { machineZone } from './lib/open-command.ts';
import { stopSignal } from './stop-signal.ts';

/** `muster serve`, which `npm start` runs. */
export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('serve until stopped; settings are environment variables')
    .option('--demo', 'fill tenant main with a small invented school, if it has no patrons yet')
    .addHelpText('after', '\nExample:\n  MUSTER_PORT=8081 muster serve --demo')
    .action(exits(serve));
}

async function serve({ demo = false }: { readonly demo?: boolean }): Promise<ExitCode> {
  const asked = stopSignal({
    signals: process,
    nowMs: () => performance.now(),
    exit: (code) => process.exit(code),
  });
  const config = readConfig();
  await using context = await openContext(config, systemClock, 'server');
  const { events, imports, logger, metrics } = context;
  endOnUncaught(logger);
  collectProcessMetrics(metrics);
  for (const warning of configWarnings(config)) events.configWarning(warning);
  // Before anybody can send a file, who would wait for it; beside the making of the first account.
  imports.warmUp();
  await greet(context);
  if (demo) await fillWithDemo(context);
  const app = createApp(context, config.tls);
  // Whatever ends this: a server that went on listening without its storage would look alive.
  await using _serving = {
    [Symbol.asyncDispose]: () => stopServer(app, imports, limits.stopGraceMs),
  };
  await listen(app, config.host, config.port);
  sweepHeap();
  const { port } = app.server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  console.log(`Muster is ready on ${config.tls ? 'https' : 'http'}://${host}:${port}`);
  await imports.resume();
  context.dailyRun.start();
  context.purge.start();
  events.stopping(await asked);
  return exitCodes.good;
}

async function fillWithDemo(context: Context): Promise<void> {
  const patrons = await fillDemo(context);
  console.log(
    patrons === undefined
      ? 'Tenant main has patrons already, so --demo left it alone.'
      : `Tenant main was filled with an invented school of ${patrons} patrons.`,
  );
}

async function greet(context: Context): Promise<void> {
  const { config, storage, clock } = context;
  const zone = machineZone();
  const adminPassword = config.adminPassword ?? newPassword();
  const file = join(config.dataDir, 'initial-admin-password.txt');
  const keepPassword = () => {
    if (config.adminPassword === undefined)
      writeFileSync(file, `${adminPassword}\n`, { mode: 0o600, flush: true });
  };
  const first = await firstStart({
    storage,
    clock,
    zone,
    hashPassword: hashFirstPassword,
    adminPassword,
    keepPassword,
  });
  if (!first) return;
  console.log(`Tenant main was made, in time zone ${zone}.`);
  if (config.adminPassword !== undefined) return;
  console.log(
    `Account admin was made with the password ${adminPassword} (also in ${file}; delete it once you have it).`,
  );
}

/** The rule of every other password; asked only when the account is made, so that no later start depends on it. */
function hashFirstPassword(password: string): Promise<string> {
  const problem = passwordProblem(password, 'admin');
  if (problem === undefined) return hashPassword(password);
  throw new MusterError('bad-request', `MUSTER_ADMIN_PASSWORD cannot be taken. ${problem}`);
}
