import type { Hand } from '../../../directory/hand-edits.ts';
import type { Caller } from '../caller.ts';
import type { Api } from '../serve-operation.ts';

/** The caller as the one who writes. */
export function handOf(api: Api, { actor }: Caller): Hand {
  return { actor, clock: api.services.clock };
}
