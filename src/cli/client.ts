import { InvalidArgumentError, Option, type Command } from 'commander';
import { newCredential } from '../auth/random-secret.ts';
import {
  createApiClient,
  oldKeyDays,
  revokeApiClient,
  rotateApiClient,
  viewApiClient,
} from '../directory/api-clients.ts';
import { MusterError } from '../domain/errors.ts';
import type { Context } from '../context.ts';
import type { ApiClient } from '../ports/api-clients.ts';
import type { TenantStore } from '../ports/tenant-store.ts';
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
import { localTime, printJson, printTable, say } from './lib/print.ts';

interface ClientOptions extends TenantChoice, JsonChoice {}

interface RotateOptions extends ClientOptions {
  readonly until?: number | 'now';
}

/** `muster client add|list|rotate|revoke`: programs that sign in by a key and a secret. */
export function clientCommands(program: Command): void {
  const client = program
    .command('client')
    .description('add, list or revoke API clients, or give one a new key')
    .addHelpText('after', '\nExample:\n  muster client add nightly-sync');
  client
    .command('add')
    .description('add an API client; prints its key and secret, once, as JSON')
    .argument('<name>', 'what the client is called in lists and history')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster client add nightly-sync --tenant north > credentials.json')
    .action(exits(add));
  client
    .command('list')
    .description('list API clients with their last use')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster client list')
    .action(exits(list));
  client
    .command('rotate')
    .description('give a client a new key and secret; prints them, once, as JSON')
    .argument('<name>', 'the client')
    .addOption(
      new Option(
        '--until <instant>',
        `how long the old ones are good beside them: an ISO 8601 instant, or now (default: ${oldKeyDays} days)`,
      ).argParser(instant),
    )
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster client rotate nightly-sync --until 2027-02-01T00:00:00Z')
    .action(exits(rotate));
  client
    .command('revoke')
    .description('revoke a client for good; its sessions end at once')
    .argument('<name>', 'the client')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster client revoke nightly-sync')
    .action(exits(revoke));
}

function instant(text: string): number | 'now' {
  if (text === 'now') return text;
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw new InvalidArgumentError('Give an instant such as 2027-02-01T00:00:00Z, or now.');
  }
}

async function add(name: string, options: ClientOptions) {
  await using context = await openCommand({ create: true });
  const store = await openTenant(context, options);
  const { key, secret, hashes } = newCredential();
  const { clients } = context.storage;
  await createApiClient({ clients, store }, name, hashes, by(context));
  printOnce({ key, secret }, `API client ${name.trim()} was made in tenant ${options.tenant}.`);
  return exitCodes.good;
}

async function list(options: ClientOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const now = context.clock.now();
  const clients = await context.storage.clients.list(store.tenant.id);
  if (options.json) {
    const items = clients.map((client) => viewApiClient(client, now));
    printJson({ items, total: items.length, page: 1, pageSize: items.length });
    return exitCodes.good;
  }
  const time = (at: number | null) => (at === null ? 'never' : localTime(at, store.tenant.zone));
  printTable(
    ['NAME', 'MADE', 'LAST USED', 'STATE'],
    clients.map((client) => [
      client.name,
      time(client.createdAt),
      time(client.lastUsedAt),
      stateOf(client, now, time),
    ]),
  );
  return exitCodes.good;
}

async function rotate(name: string, options: RotateOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const { clients } = context.storage;
  const { id } = await getClient(context, store, name);
  const { key, secret, hashes } = newCredential();
  const until = options.until === 'now' ? context.clock.now() : options.until;
  const client = await rotateApiClient({ clients, store }, id, hashes, by(context), until);
  const { oldKeyUntil } = viewApiClient(client, context.clock.now());
  const old =
    oldKeyUntil === null ? 'The old key is dead.' : `The old key is good as well until ${oldKeyUntil}.`;
  printOnce({ key, secret, oldKeyUntil }, old);
  return exitCodes.good;
}

async function revoke(name: string, options: ClientOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const { clients } = context.storage;
  const { id } = await getClient(context, store, name);
  const client = await revokeApiClient({ clients, store }, id, by(context));
  if (options.json) printJson(viewApiClient(client, context.clock.now()));
  else say(`API client ${client.name} is revoked; its sessions have ended.`);
  return exitCodes.good;
}

function by(context: Context) {
  return { actor: commandActor(), at: context.clock.now() };
}

async function getClient(context: Context, store: TenantStore, name: string): Promise<ApiClient> {
  const client = await context.storage.clients.findByName(store.tenant.id, name);
  if (client) return client;
  throw new MusterError(
    'not-found',
    `There is no API client “${name}” in tenant ${store.tenant.slug}, or it is revoked.`,
  );
}

function stateOf({ revokedAt, oldKeyUntil }: ApiClient, now: number, time: (at: number) => string): string {
  if (revokedAt !== null) return `revoked ${time(revokedAt)}`;
  if (oldKeyUntil !== null && oldKeyUntil > now) return `active, old key until ${time(oldKeyUntil)}`;
  return 'active';
}

/** Standard output has the credentials alone, so that they can be taken into a file; the words go beside it. */
function printOnce(credentials: object, sentence: string): void {
  console.log(JSON.stringify(credentials));
  console.error(`${sentence} The secret is shown this once; keep it where only the script can read it.`);
}
