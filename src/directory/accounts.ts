import { MusterError } from '../domain/errors.ts';
import type { Account } from '../ports/accounts.ts';
import type { Actor } from '../ports/changes.ts';
import type { TenantReader, TenantStore, TenantTransactor } from '../ports/tenant-store.ts';

export type NewAccount = Pick<Account, 'username' | 'passwordHash' | 'capabilities' | 'organizations'>;

/** What may be changed of an account; what is left out stays. */
export interface AccountChange {
  readonly passwordHash?: string;
  readonly capabilities?: Account['capabilities'];
  readonly organizations?: Account['organizations'];
  readonly disabled?: boolean;
}

const usernameCharactersMax = 200;

/**
 * Makes an account; the audit says so in the same transaction. `conflict` when the username is taken (without
 * regard to case), `bad-request` when nobody could sign in by it.
 */
export function createAccount(
  store: TenantStore,
  account: NewAccount,
  actor: Actor,
  at: number,
): Promise<Account> {
  const username = account.username.trim();
  const problem = usernameProblem(username);
  if (problem !== undefined) throw new MusterError('bad-request', problem);
  return store.transact(async (tx) => {
    if (await tx.accounts.findByUsername(username)) {
      throw new MusterError('conflict', `There is an account “${username}” already.`);
    }
    const { passwordHash, capabilities, organizations } = account;
    const id = await tx.accounts.insert({
      username,
      passwordHash,
      capabilities,
      organizations,
      createdAt: at,
    });
    await audit(tx, actor, at, 'account.created', username, { capabilities, organizations });
    return getAccount(tx, id);
  });
}

/**
 * Changes an account; the audit names what changed. A new password or less rights count from the next
 * request on. `conflict` when nobody could administer the tenant any more.
 */
export function changeAccount(
  store: TenantStore,
  id: number,
  change: AccountChange,
  actor: Actor,
  at: number,
): Promise<Account> {
  return store.transact(async (tx) => {
    const before = await getAccount(tx, id);
    const after: Account = {
      ...before,
      passwordHash: change.passwordHash ?? before.passwordHash,
      capabilities: change.capabilities ?? before.capabilities,
      organizations: change.organizations ?? before.organizations,
      disabledAt: disabledAt(before, change.disabled, at),
    };
    const detail = differences(before, after);
    if (Object.keys(detail).length === 0) return before;
    if (!administers(after)) await refuseLastAdministrator(tx, before);
    await tx.accounts.update(after);
    await audit(tx, actor, at, 'account.changed', after.username, detail);
    return after;
  });
}

/** Removes an account for good. `conflict` when nobody could administer the tenant any more. */
export function removeAccount(store: TenantStore, id: number, actor: Actor, at: number): Promise<void> {
  return store.transact(async (tx) => {
    const account = await getAccount(tx, id);
    await refuseLastAdministrator(tx, account);
    await tx.accounts.remove(id);
    await audit(tx, actor, at, 'account.removed', account.username, {});
  });
}

/** The account of that id; `not-found` where there is none. */
export async function getAccount(reader: TenantReader, id: number): Promise<Account> {
  const account = await reader.accounts.findById(id);
  if (!account) throw new MusterError('not-found', `There is no account ${id}.`);
  return account;
}

function usernameProblem(username: string): string | undefined {
  if (username === '') return 'The username is blank.';
  if (username.length > usernameCharactersMax) {
    return `The username is longer than ${usernameCharactersMax} characters.`;
  }
  // HTTP Basic ends the username at the first colon.
  if (username.includes(':')) return 'A username cannot contain a colon: nobody could sign in by it.';
  if (/\p{Cc}/u.test(username)) return 'The username contains a control character.';
  return undefined;
}

function disabledAt(before: Account, disabled: boolean | undefined, at: number): number | null {
  if (disabled === undefined) return before.disabledAt;
  return disabled ? (before.disabledAt ?? at) : null;
}

/** What changed, without anything secret. */
function differences(before: Account, after: Account): Record<string, unknown> {
  const detail: Record<string, unknown> = {};
  if (before.passwordHash !== after.passwordHash) detail['password'] = 'changed';
  for (const list of ['capabilities', 'organizations'] as const) {
    if (String(before[list]) !== String(after[list])) detail[list] = { from: before[list], to: after[list] };
  }
  if ((before.disabledAt === null) !== (after.disabledAt === null)) {
    detail['disabled'] = after.disabledAt !== null;
  }
  return detail;
}

function administers(account: Account): boolean {
  return account.disabledAt === null && account.capabilities.includes('administer');
}

async function refuseLastAdministrator(tx: TenantTransactor, leaving: Account): Promise<void> {
  if (!administers(leaving)) return;
  const others = await tx.accounts.list();
  if (others.some((other) => other.id !== leaving.id && administers(other))) return;
  throw new MusterError(
    'conflict',
    `“${leaving.username}” is the last account that may administer this tenant. Let another one administer it first.`,
  );
}

function audit(
  tx: TenantTransactor,
  actor: Actor,
  at: number,
  action: string,
  username: string,
  detail: Record<string, unknown>,
): Promise<void> {
  return tx.audit.append({ at, actor, action, subject: `account ${username}`, detail });
}
