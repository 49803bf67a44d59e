import { userInfo } from 'node:os';
import { Option } from 'commander';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/env.ts';
import { openContext, type Context } from '../../context.ts';
import { ensureMainTenant } from '../../directory/first-start.ts';
import { MusterError } from '../../domain/errors.ts';
import type { Actor } from '../../ports/changes.ts';
import type { TenantStore } from '../../ports/tenant-store.ts';
import { engineOf } from '../../storage/engines.ts';

/** `--tenant`, as every command that works on one takes it. */
export const tenantOption = () => new Option('-t, --tenant <slug>', 'the tenant to work on').default('main');
/** `--json`, on every command that prints. */
export const jsonOption = () => new Option('--json', 'print JSON instead of text');

export interface TenantChoice {
  readonly tenant: string;
}
export interface JsonChoice {
  readonly json?: boolean;
}

/** Who works at this command line, for journal and audit. */
export function commandActor(): Actor {
  return { name: `cli:${systemUser()}`, channel: 'cli' };
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}

/**
 * Opens the data directory for a command, beside a server or without one. Only a command that could be the
 * first one (`create`) makes what is not there yet: elsewhere that would hide a forgotten MUSTER_DATA_DIR.
 */
export async function openCommand({ create = false } = {}): Promise<Context> {
  const config = readConfig();
  if (!create) await refuseMissingData(config);
  // A command tells how it went itself; the log is for what goes on behind it.
  const logLevel = config.logLevel === 'info' ? 'error' : config.logLevel;
  const context = await openContext({ ...config, logLevel });
  if (create) await ensureMainTenant(context.storage, machineZone());
  return context;
}

/** `not-found` where no Muster has been started yet; what may not be looked into is no such place. */
async function refuseMissingData(config: Config): Promise<void> {
  if (await (await engineOf(config)).holdsData()) return;
  throw new MusterError(
    'not-found',
    config.databaseUrl === undefined
      ? `There is no Muster data in ${config.dataDir}. Start the server once (npm start), or set MUSTER_DATA_DIR to where its data lies.`
      : 'There is no Muster data in the database of MUSTER_DATABASE_URL. Start the server once (npm start), or set it to where the data lies.',
  );
}

/** The store of the tenant that `--tenant` names. */
export function openTenant(context: Context, { tenant }: TenantChoice): Promise<TenantStore> {
  return context.storage.tenant(tenant);
}

/** IANA zone of this machine. */
export function machineZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
