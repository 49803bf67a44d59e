import type { Contact } from '../domain/contact/contact.ts';
import type { Patron } from '../domain/patron/patron.ts';
import type { Provenance } from './patrons.ts';

/** Who did something: an account or client name with the way it came in. */
export interface Actor {
  readonly name: string;
  readonly channel: Channel;
}

export const channels = ['api', 'cli', 'infiniti', 'fsi', 'drop', 'console', 'system'] as const;
export type Channel = (typeof channels)[number];

/**
 * One entry of the journal: what stood before and what stands after. Records that an import creates are
 * not written here, since the record itself says which run made it (`createdRun`); those made one by one are.
 */
export interface Change {
  readonly runId: number | null;
  readonly at: number;
  readonly actor: Actor;
  readonly patronId: number;
  readonly subject: ChangeSubject;
}

export type ChangeSubject =
  | { readonly entity: 'patron'; readonly action: 'created'; readonly after: Patron }
  | {
      readonly entity: 'patron';
      readonly action: 'updated' | 'inactivated';
      readonly before: Patron;
      readonly after: Patron;
    }
  | { readonly entity: 'patron'; readonly action: 'removed'; readonly before: Patron & Provenance }
  | { readonly entity: 'contact'; readonly action: 'created'; readonly after: Contact }
  | {
      readonly entity: 'contact';
      readonly action: 'updated';
      readonly before: Contact;
      readonly after: Contact;
    }
  | { readonly entity: 'contact'; readonly action: 'removed'; readonly before: Contact & Provenance };

export type StoredChange = Change & { readonly id: number };

export interface ChangeReader {
  /** Newest first. */
  listByPatron(patronId: number, page: number, pageSize: number): Promise<StoredChange[]>;
  /** Patrons whose record or contacts the run created or changed, in id order after `afterPatronId`. */
  listPatronsOfRun(runId: number, afterPatronId: number, limit: number): Promise<number[]>;
  /** Every entry of the given patrons, oldest first. */
  mapByPatron(patronIds: readonly number[]): Promise<Map<number, StoredChange[]>>;
  /**
   * A number that grows with every journalled change, so with everything but the creations of an import,
   * and imports of a tenant never run side by side: equal numbers at two moments of an import mean that
   * nothing its plan was built on has moved between them.
   */
  stamp(): Promise<number>;
}

export interface ChangeWriter {
  append(changes: readonly Change[]): Promise<void>;
  removeByPatron(patronId: number): Promise<void>;
  /** Deletes entries older than the instant, at most `limit`; gives how many. */
  purgeBefore(at: number, limit: number): Promise<number>;
}
