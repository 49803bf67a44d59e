import {
  integrationRights,
  rightsOf,
  type OperatorRights,
} from '../../../domain/organization/operator-rights.ts';
import type { Run } from '../../../ports/runs.ts';
import type { RunScope } from '../../plan-scope.ts';

/** W18: where the sender of a run may manage group authorizations; an account that is gone nowhere. */
export function senderRights(
  { sender }: Pick<Run, 'sender'>,
  { sender: account }: Pick<RunScope, 'sender'>,
): OperatorRights {
  if (account === 'integration') return integrationRights(sender);
  if (account === 'unknown') return rightsOf({ name: sender, capabilities: [], organizations: [] });
  return rightsOf({ ...account, name: account.username });
}
