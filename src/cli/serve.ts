import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { newPassword } from '../auth/new-password.ts';
import { hashPassword } from '../auth/passwords.ts';
import { readConfig } from '../config/env.ts';
import { openContext, systemClock, type Context } from '../context.ts';
import { firstStart } from '../directory/first-start.ts';
import { createApp } from '../http/app.ts';

export async function serve(): Promise<number> {
  const config = readConfig();
  await using context = openContext(config, systemClock, 'server');
  await greet(context);
  const app = createApp(context, config.tls);
  await app.listen({ host: config.host, port: config.port });
  const { port } = app.server.address() as AddressInfo;
  console.log(`Muster is ready on ${config.tls ? 'https' : 'http'}://${config.host}:${port}`);
  await context.imports.resume();
  context.purge.start();
  await stopSignal();
  await app.close();
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

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
