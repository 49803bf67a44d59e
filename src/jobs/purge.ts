import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/storage.ts';
import type { TenantStore } from '../ports/tenant-store.ts';

const dayMs = 24 * 60 * 60_000;
const everyMs = 6 * 60 * 60_000;
/** Each piece is a transaction of its own, short enough to stand between two requests. */
const recordsPerPiece = 500;
/** Parts of plans are packed and hold hundreds of patrons each. */
const plansPerPiece = 50;
/** The bytes of one delivery may be many. */
const deliveriesPerPiece = 1;

/** How much a tenant's purge removed. */
export interface Purged {
  readonly deliveries: number;
  readonly rows: number;
  /** Parts of plans. */
  readonly plans: number;
  /** Entries of both journals: of patrons, and of groups with all that belongs to them. */
  readonly changes: number;
  /** What daily runs changed: statuses, and access given and taken. */
  readonly turns: number;
}

/**
 * Removes what a tenant no longer keeps: the bytes of deliveries, the row results and the plans of runs, which
 * hold values of the file, after `deliveryRetentionDays`; the journal, and what daily runs changed, after
 * `journalRetentionDays`. What an unfinished or held run needs stays; the runs themselves, with their counts, stay
 * for good. Stops between two pieces when the signal says so.
 */
export async function purgeTenant(store: TenantStore, now: number, signal?: AbortSignal): Promise<Purged> {
  const { deliveryRetentionDays, journalRetentionDays } = await store.read.settings.get();
  const filesBefore = now - deliveryRetentionDays * dayMs;
  const journalBefore = now - journalRetentionDays * dayMs;
  const untilNone = async (piece: () => Promise<number>) => {
    let removed = 0;
    for (let last = 1; last > 0 && signal?.aborted !== true; removed += last) last = await piece();
    return removed;
  };
  return {
    deliveries: await untilNone(() =>
      store.transact((tx) => tx.deliveries.purgeBefore(filesBefore, now, deliveriesPerPiece)),
    ),
    rows: await untilNone(() => store.transact((tx) => tx.runRows.purgeBefore(filesBefore, recordsPerPiece))),
    plans: await untilNone(() => store.transact((tx) => tx.plans.purgeBefore(filesBefore, plansPerPiece))),
    changes: await untilNone(() => purgeJournal(store, journalBefore)),
    turns: await untilNone(() => purgeTurns(store, dayOf(journalBefore))),
  };
}

/** One piece of the journal; none while an undo waits, which needs it whole. */
function purgeJournal(store: TenantStore, before: number): Promise<number> {
  return store.transact(async (tx) => {
    if ((await tx.runs.listUnfinished()).some(({ undoes }) => undoes !== null)) return 0;
    const removed =
      (await tx.changes.purgeBefore(before, recordsPerPiece)) +
      (await tx.recordChanges.purgeBefore(before, recordsPerPiece));
    // From here on, undoing a run older than this would bring back only half of what it took.
    if (removed > 0) await tx.settings.save({ journalKeptFrom: before });
    return removed;
  });
}

/** Removes one-time codes, sessions and old keys of API clients whose time is over; gives how many. */
async function purgeSessions(
  sessions: Storage['sessions'],
  now: number,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let last = 1; last > 0 && !signal.aborted; removed += last) {
    last = await sessions.purge(now, recordsPerPiece);
  }
  return removed;
}

/** One piece of what daily runs changed. */
function purgeTurns(store: TenantStore, before: string): Promise<number> {
  return store.transact(
    async (tx) =>
      (await tx.dailyRuns.purgeBefore(before, recordsPerPiece)) +
      (await tx.accessTurns.purgeBefore(before, recordsPerPiece)),
  );
}

/** In UTC: what is kept for hundreds of days may be kept some hours more. */
function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

export interface PurgeJobOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  /** Told when anything was removed; the tenant is blank for what is outside them. */
  readonly onPurged: (tenant: string, purged: Purged | { readonly sessions: number }) => void;
  readonly onTrouble: (error: unknown, tenant: string) => void;
}

/** Purges every tenant, when started and every six hours from then on, one after the other. */
export class PurgeJob implements AsyncDisposable {
  readonly #options: PurgeJobOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: PurgeJobOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#timer !== undefined || this.#stop.signal.aborted) return;
    this.#timer = setInterval(() => void this.purge(), everyMs);
    this.#timer.unref();
    void this.purge();
  }

  /** Purges now; a purge that is on its way already is joined. Trouble in one tenant leaves the others alone. */
  purge(): Promise<void> {
    this.#running ??= this.#purgeAll().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Stops after the piece at hand. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#running;
  }

  async #purgeAll(): Promise<void> {
    const { storage, clock, onPurged, onTrouble } = this.#options;
    try {
      for (const { slug } of await storage.system.listTenants()) {
        if (this.#stop.signal.aborted) return;
        try {
          const purged = await purgeTenant(await storage.tenant(slug), clock.now(), this.#stop.signal);
          if (Object.values(purged).some((count) => count > 0)) onPurged(slug, purged);
        } catch (error) {
          onTrouble(error, slug);
        }
      }
      const sessions = await purgeSessions(storage.sessions, clock.now(), this.#stop.signal);
      if (sessions > 0) onPurged('', { sessions });
    } catch (error) {
      onTrouble(error, '');
    }
  }
}
