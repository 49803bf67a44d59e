import type { Clock } from '../../ports/clock.ts';
import type { TenantStore } from '../../ports/tenant-store.ts';

/** The members of a request as sent: decoded JSON, or a form's fields shaped like it. */
export type FsiInput = Readonly<Record<string, unknown>>;

/** What an action answers, before it is wrapped in `d` (F1, F2). */
export type FsiAnswer = { readonly result: boolean; readonly msg: string } & Readonly<
  Record<string, unknown>
>;

/** Who speaks, after the token was found good. */
export interface FsiSession {
  /** Of the key's tenant (F7). */
  readonly store: TenantStore;
  readonly client: { readonly id: number; readonly name: string };
  /** The session family, one for each `gettoken`; the same after `renewtoken`. */
  readonly sessionId: number;
}

/** What the house lends to an action. */
export interface FsiServices {
  readonly clock: Clock;
}

/** An action on patrons: what it is asked, by whom, and what it answers. */
export type FsiPatronAction = (
  input: FsiInput,
  session: FsiSession,
  services: FsiServices,
) => Promise<FsiAnswer>;
