import { InvalidArgumentError, type Command } from 'commander';
import { hashPassword } from '../auth/passwords.ts';
import { changeAccount, createAccount, removeAccount } from '../directory/accounts.ts';
import { viewInstant } from '../directory/views.ts';
import { MusterError } from '../domain/errors.ts';
import { capabilities, type Account, type Capability } from '../ports/accounts.ts';
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
import { readPassword } from './lib/password.ts';
import { printJson, printTable, say } from './lib/print.ts';

interface AccountOptions extends TenantChoice, JsonChoice {}

interface AddOptions extends AccountOptions {
  readonly capability: Capability[];
  readonly organization?: string[];
}

/** `muster account add|list|password|remove`: logins to Muster. */
export function accountCommands(program: Command): void {
  const account = program
    .command('account')
    .description('add, list or remove accounts, or change a password')
    .addHelpText(
      'after',
      '\nExample:\n  muster account add autoimport --capability administer < password.txt',
    );
  account
    .command('add')
    .description('add an account; its password comes on standard input')
    .argument('<username>', 'name to sign in by')
    .requiredOption(
      '-c, --capability <name>',
      `${capabilities.join(', ')}; may be given several times`,
      capability,
    )
    .option(
      '-o, --organization <name>',
      'where manage-group-authorizations is held; may be given several times',
      collect,
    )
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
On a terminal the password is asked for and not shown; otherwise it is the first line of standard input. It is
never an argument, which other users of the machine could read.

Example:
  muster account add autoimport --capability administer < password.txt`,
    )
    .action(exits(add));
  account
    .command('list')
    .description('list accounts')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster account list --tenant north')
    .action(exits(list));
  account
    .command('password')
    .description('give an account a new password, which comes on standard input')
    .argument('<username>', 'the account')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster account password admin')
    .action(exits(password));
  account
    .command('remove')
    .description('remove an account for good')
    .argument('<username>', 'the account')
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster account remove autoimport')
    .action(exits(remove));
}

/** Several by several options, or by commas in one. */
function capability(text: string, others: Capability[] = []): Capability[] {
  const named = text.split(',').map((part) => part.trim().toLowerCase());
  for (const name of named) {
    if (!capabilities.some((known) => known === name)) {
      throw new InvalidArgumentError(`The capabilities are ${capabilities.join(', ')}.`);
    }
  }
  return [...new Set([...others, ...(named as Capability[])])];
}

function collect(organization: string, others: string[] = []): string[] {
  return [...new Set([...others, organization])];
}

async function add(username: string, options: AddOptions) {
  const chosen = await readPassword(username);
  await using context = await openCommand({ create: true });
  const store = await openTenant(context, options);
  const account = await createAccount(
    store,
    {
      username,
      passwordHash: await hashPassword(chosen),
      capabilities: options.capability,
      organizations: options.organization ?? [],
    },
    commandActor(),
    context.clock.now(),
  );
  return report(account, options, `Account ${account.username} was made in tenant ${options.tenant}.`);
}

async function list(options: AccountOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const accounts = await store.read.accounts.list();
  if (options.json) {
    printJson({ items: accounts.map(view), total: accounts.length, page: 1, pageSize: accounts.length });
    return exitCodes.good;
  }
  printTable(
    ['USERNAME', 'CAPABILITIES', 'ORGANIZATIONS', 'STATE'],
    accounts.map(({ username, capabilities: held, organizations, disabledAt }) => [
      username,
      held.join(' '),
      organizations.join(', '),
      disabledAt === null ? 'active' : 'disabled',
    ]),
  );
  return exitCodes.good;
}

async function password(username: string, options: AccountOptions) {
  const chosen = await readPassword(username);
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const { id } = await getAccount(store, username);
  const change = { passwordHash: await hashPassword(chosen) };
  const account = await changeAccount(store, id, change, commandActor(), context.clock.now());
  return report(account, options, `Account ${account.username} has the new password from now on.`);
}

async function remove(username: string, options: AccountOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const account = await getAccount(store, username);
  await removeAccount(store, account.id, commandActor(), context.clock.now());
  return report(account, options, `Account ${account.username} was removed.`);
}

async function getAccount(store: TenantStore, username: string): Promise<Account> {
  const account = await store.read.accounts.findByUsername(username);
  if (account) return account;
  throw new MusterError('not-found', `There is no account “${username}” in tenant ${store.tenant.slug}.`);
}

function report(account: Account, { json }: JsonChoice, sentence: string) {
  if (json) printJson(view(account));
  else say(sentence);
  return exitCodes.good;
}

/** An account as it is shown: never its hash. */
function view({ id, username, capabilities: held, organizations, disabledAt, createdAt }: Account) {
  return {
    id,
    username,
    capabilities: held,
    organizations,
    disabled: disabledAt !== null,
    createdAt: viewInstant(createdAt),
  };
}
