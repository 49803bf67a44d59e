import type { ByHand } from '../../../directory/save-patron.ts';
import type { Caller } from '../caller.ts';
import type { Api } from '../serve-operation.ts';

/** The caller as the one who writes, now. */
export function byHand(api: Api, { actor }: Caller): ByHand {
  return { actor, at: api.services.clock.now() };
}
