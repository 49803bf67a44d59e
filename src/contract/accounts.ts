import { z } from 'zod';
import { capabilities } from '../ports/accounts.ts';
import { operation } from './operation.ts';
import { idParam, instant, pageOf, paging } from './shared.ts';

const tag = 'Accounts';
const params = z.object({ id: idParam });

const record = {
  id: z.int(),
  username: z.string(),
  capabilities: z.array(z.enum(capabilities)),
  organizations: z.array(z.string()).describe('Where manage-group-authorizations is held.'),
  disabled: z.boolean(),
  createdAt: instant,
};

export const Account = z.object(record).meta({ id: 'Account', description: 'A login to Muster.' });
export type Account = z.output<typeof Account>;

const NewAccount = z
  .object({
    ...record,
    password: z
      .string()
      .optional()
      .describe('Only where one was made because none was given. It is shown this once.'),
  })
  .meta({ id: 'NewAccount', description: 'An account just made.' });

const words = {
  username: z.string().trim().min(1).max(200),
  password: z.string().max(1024).describe('At least 8 characters and not the username.'),
  capabilities: z.array(z.enum(capabilities)).max(10).describe('`administer` implies all others.'),
  organizations: z.array(z.string().trim().min(1).max(200)).max(1000),
};

export const listAccounts = operation({
  id: 'listAccounts',
  method: 'GET',
  path: '/accounts',
  tag,
  summary: 'List accounts',
  query: z.strictObject({ ...paging }),
  answers: { 200: pageOf(Account) },
});

export const createAccount = operation({
  id: 'createAccount',
  method: 'POST',
  path: '/accounts',
  tag,
  summary: 'Add an account',
  body: z.strictObject({
    username: words.username,
    password: words.password.optional().describe('One is made and shown once where none is given.'),
    capabilities: words.capabilities,
    organizations: words.organizations.default([]),
  }),
  answers: { 201: NewAccount },
});

export const getAccount = operation({
  id: 'getAccount',
  method: 'GET',
  path: '/accounts/{id}',
  tag,
  summary: 'Read one account',
  params,
  answers: { 200: Account },
});

export const changeAccount = operation({
  id: 'changeAccount',
  method: 'PATCH',
  path: '/accounts/{id}',
  tag,
  summary: 'Change an account',
  description:
    'What is left out stays. It counts from the next request on. The last account that may administer the tenant cannot lose that.',
  params,
  body: z.strictObject({
    password: words.password.optional(),
    capabilities: words.capabilities.optional(),
    organizations: words.organizations.optional(),
    disabled: z.boolean().optional(),
  }),
  answers: { 200: Account },
});

export const removeAccount = operation({
  id: 'removeAccount',
  method: 'DELETE',
  path: '/accounts/{id}',
  tag,
  summary: 'Remove an account',
  params,
  answers: { 204: z.undefined() },
});
