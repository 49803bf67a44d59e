import { InvalidArgumentError, type Command } from 'commander';
import { addTenant, listTenants, setTenant, type TenantView } from '../directory/tenants.ts';
import { MusterError } from '../domain/errors.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { jsonOption, openCommand, type JsonChoice } from './lib/open-command.ts';
import { printJson, printTable, say } from './lib/print.ts';

interface AddOptions extends JsonChoice {
  readonly name: string;
  readonly zone: string;
  readonly host?: string[];
}

interface SetOptions extends Partial<AddOptions> {
  readonly hosts?: boolean;
}

/** `muster tenant add|set|list`: institutions, each behind its own wall. */
export function tenantCommands(program: Command): void {
  const tenant = program
    .command('tenant')
    .description(
      'add, change or list tenants: schools or campuses, each with accounts and patrons of its own',
    )
    .addHelpText(
      'after',
      '\nExample:\n  muster tenant add north --name "North School" --zone Europe/London --host north.example',
    );
  tenant
    .command('add')
    .description('add a tenant')
    .argument('<slug>', 'short name for commands: lower-case letters, digits, hyphens')
    .requiredOption('--name <name>', 'name of the institution')
    .requiredOption('--zone <zone>', 'IANA time zone, e.g. Europe/London')
    .option('--host <host>', 'a host name that means this tenant; may be given several times', collect)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  muster tenant add north --name "North School" --zone Europe/London --host north.example',
    )
    .action(exits(add));
  tenant
    .command('set')
    .description('change a tenant; what is not named stays')
    .argument('<slug>', 'the tenant')
    .option('--name <name>', 'name of the institution')
    .option('--zone <zone>', 'IANA time zone')
    .option('--host <host>', 'replaces its host names; may be given several times', collect)
    .option('--no-hosts', 'takes all host names from it')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster tenant set main --zone Australia/Melbourne')
    .action(exits(set));
  tenant
    .command('list')
    .description('list tenants')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster tenant list --json')
    .action(exits(list));
}

function collect(host: string, others: string[] = []): string[] {
  if (host.trim() === '') throw new InvalidArgumentError('A host name is not blank.');
  return [...others, host];
}

async function add(slug: string, { name, zone, host = [], json }: AddOptions) {
  await using context = await openCommand({ create: true });
  const tenant = await addTenant(context.storage, { slug, name, zone, hosts: host });
  if (json) printJson(tenant);
  else {
    print([tenant]);
    say(
      `It has no account yet. Add its first one: muster account add USERNAME --tenant ${slug} --capability administer`,
    );
  }
  return exitCodes.good;
}

async function set(slug: string, options: SetOptions) {
  const { name, zone, host, hosts, json } = options;
  if (hosts === false && host)
    throw new MusterError('bad-request', '--host and --no-hosts contradict each other.');
  const wanted = hosts === false ? [] : host;
  if (name === undefined && zone === undefined && wanted === undefined) {
    throw new MusterError('bad-request', 'Say what to change: --name, --zone, --host or --no-hosts.');
  }
  await using context = await openCommand();
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(zone === undefined ? {} : { zone }),
    ...(wanted === undefined ? {} : { hosts: wanted }),
  };
  const tenant = await setTenant(context.storage, slug, change, context.clock.now());
  if (json) printJson(tenant);
  else print([tenant]);
  return exitCodes.good;
}

async function list({ json }: JsonChoice) {
  await using context = await openCommand();
  const items = await listTenants(context.storage);
  if (json) printJson({ items, total: items.length, page: 1, pageSize: items.length });
  else print(items);
  return exitCodes.good;
}

function print(tenants: readonly TenantView[]): void {
  printTable(
    ['TENANT', 'NAME', 'ZONE', 'HOSTS'],
    tenants.map(({ slug, name, zone, hosts }) => [slug, name, zone, hosts.join(' ')]),
  );
}
