import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { newPassword } from '../auth/new-password.ts';
import { hashPassword } from '../auth/passwords.ts';
import { limits } from '../config/config.ts';
import { readConfig } from '../config/env.ts';
import { configWarnings } from '../config/warnings.ts';
import { openContext, systemClock, type Context } from '../context.ts';
import { firstStart } from '../directory/first-start.ts';
import { createApp } from '../http/app.ts';
import { stopServer } from '../http/stop-server.ts';
import { endOnUncaught } from '../observability/last-resort.ts';
import { collectProcessMetrics } from '../observability/metrics.ts';
import { stopSignal } from './stop-signal.ts';

export async function serve(): Promise<number> {
  const asked = stopSignal({
    signals: process,
    nowMs: () => performance.now(),
    exit: (code) => process.exit(code),
  });
  const config = readConfig();
  await using context = openContext(config, systemClock, 'server');
  const { events, imports, logger, metrics } = context;
  endOnUncaught(logger);
  collectProcessMetrics(metrics);
  for (const warning of configWarnings(config)) events.configWarning(warning);
  await greet(context);
  const app = createApp(context, config.tls);
  await app.listen({ host: config.host, port: config.port });
  const { port } = app.server.address() as AddressInfo;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  console.log(`Muster is ready on ${config.tls ? 'https' : 'http'}://${host}:${port}`);
  await imports.resume();
  context.purge.start();
  events.stopping(await asked);
  await stopServer(app, imports, limits.stopGraceMs);
  return 0;
}

async function greet(context: Context): Promise<void> {
  const { config, storage, clock } = context;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const adminPassword = config.adminPassword ?? newPassword();
  const first = await firstStart({ storage, clock, zone, hashPassword, adminPassword });
  if (!first) return;
  console.log(`Tenant main was made, in time zone ${zone}.`);
  if (config.adminPassword !== undefined) return;
  const file = join(config.dataDir, 'initial-admin-password.txt');
  writeFileSync(file, `${adminPassword}\n`, { mode: 0o600 });
  console.log(
    `Account admin was made with the password ${adminPassword} (also in ${file}; delete it once you have it).`,
  );
}
