import type { Account, Capability } from '../ports/accounts.ts';

/** What holding a capability lets somebody do. */
const implied: Readonly<Record<Capability, readonly Capability[]>> = {
  // System administration is everything, as the dialects' own scripts expect of their account (I1).
  administer: ['administer', 'edit-patrons', 'manage-group-authorizations', 'view'],
  // Whoever edits has to see.
  'edit-patrons': ['edit-patrons', 'view'],
  // Where it is held, by organization, is judged beside the rows it concerns.
  'manage-group-authorizations': ['manage-group-authorizations', 'view'],
  view: ['view'],
};

/** Whether an account may do what a capability stands for, by its own or a wider one. */
export function can(account: Pick<Account, 'capabilities'>, capability: Capability): boolean {
  return account.capabilities.some((held) => implied[held].includes(capability));
}
