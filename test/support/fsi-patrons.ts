import type { FsiAnswer, FsiInput, FsiPatronAction, FsiSession } from '../../src/dialects/fsi/action.ts';
import { getPatron } from '../../src/dialects/fsi/get-patron.ts';
import type { FsiRecord } from '../../src/dialects/fsi/record.ts';
import { searchPatron } from '../../src/dialects/fsi/search-patron.ts';
import { setPatron } from '../../src/dialects/fsi/set-patron.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { instant } from './engines.ts';

export type PatronAnswer = FsiAnswer & { readonly item: readonly FsiRecord[]; readonly total?: number };

/** The actions on patrons as an API client with a good token has them, without the server around. */
export interface FsiPatrons {
  readonly session: FsiSession;
  readonly clock: { time: number; now(): number };
  search(input?: FsiInput): Promise<PatronAnswer>;
  get(keyfield: unknown, keyvalue?: unknown): Promise<PatronAnswer>;
  set(input: FsiInput): Promise<PatronAnswer>;
}

/** The actions in a session of the client `sync`, unless told otherwise. */
export function fsiPatrons(store: TenantStore, more: Partial<FsiSession> = {}): FsiPatrons {
  const session = { store, client: { id: 1, name: 'sync' }, sessionId: 7, ...more };
  const clock = { time: instant, now: () => clock.time };
  const call = async (action: FsiPatronAction, input: FsiInput) =>
    (await action(input, session, { clock })) as PatronAnswer;
  return {
    session,
    clock,
    search: (input = {}) => call(searchPatron, input),
    get: (keyfield, keyvalue) => call(getPatron, { keyfield, keyvalue }),
    set: (input) => call(setPatron, input),
  };
}
