import { newPassword } from '../../../auth/new-password.ts';
import { passwordProblem } from '../../../auth/password-rule.ts';
import { hashPassword } from '../../../auth/passwords.ts';
import * as contract from '../../../contract/accounts.ts';
import * as accounts from '../../../directory/accounts.ts';
import { MusterError } from '../../../domain/errors.ts';
import type { Account } from '../../../ports/accounts.ts';
import { viewInstant } from '../../../directory/views.ts';
import { serveOperation, type Api } from '../serve-operation.ts';

/** `/accounts`: logins to Muster. No hash ever leaves, and a password only where it was made here. */
export function accountRoutes(api: Api): void {
  const { clock } = api.services;

  serveOperation(api, contract.listAccounts, {
    capability: 'administer',
    handle: async ({ store, query: { page, pageSize } }) => {
      const all = await store.read.accounts.list();
      const items = all.slice((page - 1) * pageSize, page * pageSize).map(accountAnswer);
      return { items, total: all.length, page, pageSize };
    },
  });

  serveOperation(api, contract.createAccount, {
    capability: 'administer',
    handle: async ({ store, body, actor }) => {
      const { username, capabilities, organizations } = body;
      const password = body.password ?? newPassword();
      refuseWeak(password, username);
      const passwordHash = await hashPassword(password);
      const account = await accounts.createAccount(
        store,
        { username, passwordHash, capabilities: unique(capabilities), organizations: unique(organizations) },
        actor,
        clock.now(),
      );
      return { ...accountAnswer(account), ...(body.password === undefined ? { password } : {}) };
    },
  });

  serveOperation(api, contract.getAccount, {
    capability: 'administer',
    handle: async ({ store, params }) => accountAnswer(await accounts.getAccount(store.read, params.id)),
  });

  serveOperation(api, contract.changeAccount, {
    capability: 'administer',
    handle: async ({ store, params, body, actor }) => {
      const { username } = await accounts.getAccount(store.read, params.id);
      if (body.password !== undefined) refuseWeak(body.password, username);
      const change: accounts.AccountChange = {
        ...(body.password === undefined ? {} : { passwordHash: await hashPassword(body.password) }),
        ...(body.capabilities && { capabilities: unique(body.capabilities) }),
        ...(body.organizations && { organizations: unique(body.organizations) }),
        ...(body.disabled === undefined ? {} : { disabled: body.disabled }),
      };
      return accountAnswer(await accounts.changeAccount(store, params.id, change, actor, clock.now()));
    },
  });

  serveOperation(api, contract.removeAccount, {
    capability: 'administer',
    handle: async ({ store, params, actor }) => accounts.removeAccount(store, params.id, actor, clock.now()),
  });
}

function accountAnswer(account: Account): contract.Account {
  return {
    id: account.id,
    username: account.username,
    capabilities: [...account.capabilities],
    organizations: [...account.organizations],
    disabled: account.disabledAt !== null,
    createdAt: viewInstant(account.createdAt),
  };
}

function refuseWeak(password: string, username: string): void {
  const problem = passwordProblem(password, username);
  if (problem === undefined) return;
  const errors = [{ in: 'body', path: 'password', message: problem }];
  throw new MusterError('bad-request', problem, { errors });
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
