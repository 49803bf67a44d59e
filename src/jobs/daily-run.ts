import { setImmediate as letOthersWork } from 'node:timers/promises';
import { runDueDays, settleToday } from '../directory/daily-run.ts';
import { addDays, effectiveDay, startOfDay } from '../domain/access/effective-day.ts';
import type { Clock } from '../ports/clock.ts';
import type { DailyRun } from '../ports/daily-runs.ts';
import type { Storage } from '../ports/storage.ts';
import type { Tenant } from '../ports/tenant-store.ts';
import { isDeadProcess, newLeaseHolder } from './lease-holder.ts';

const leaseName = 'daily-run';
const heartbeatMs = 2_000;
const expiryMs = 10_000;
/** Clocks may be set and machines sleep, so nothing relies on a timer that was set long ago. */
const lookEveryMs = 30_000;
/** How often a date that was run is looked at once more for what was written too late for it. */
const settleEveryMs = 5 * 60_000;

export interface DailyRunJobOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly onRun: (tenant: string, run: DailyRun, durationMs: number) => void;
  readonly onSettled: (tenant: string, statuses: number) => void;
  readonly onTrouble: (error: unknown, tenant: string) => void;
}

/**
 * W3: sees that every tenant's dates are run, each at its 01:00 local or, where nobody was there, as soon as somebody is. Of
 * several processes one does it, under a lease; that a date is run once is the transaction's doing, not the lease's.
 */
export class DailyRunJob implements AsyncDisposable {
  readonly #options: DailyRunJobOptions;
  readonly #holder = newLeaseHolder();
  readonly #stop = new AbortController();
  /** By tenant: the date that needs no look, and since when. */
  readonly #done = new Map<number, { readonly day: string; readonly at: number }>();
  #started = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: DailyRunJobOptions) {
    this.#options = options;
  }

  /** Makes up what is due and goes on from there. */
  start(): void {
    if (this.#started || this.#stop.signal.aborted) return;
    this.#started = true;
    void this.#lookAndWait();
  }

  /** Runs what is due in every tenant; a look that is on its way already is joined. Trouble in one tenant leaves the others alone. */
  look(): Promise<void> {
    this.#running ??= this.#lookAtAll().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Stops after the date at hand. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort();
    await this.#running;
  }

  async #lookAndWait(): Promise<void> {
    await this.look();
    const delayMs = await this.#delayMs();
    if (this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#lookAndWait(), delayMs);
    this.#timer.unref();
  }

  /** Until the next 01:00 of any tenant, but not longer than nobody may be relied on. */
  async #delayMs(): Promise<number> {
    const { storage, clock, onTrouble } = this.#options;
    try {
      const now = clock.now();
      const next = (await storage.system.listTenants()).map(
        ({ zone }) => startOfDay(addDays(effectiveDay(now, zone), 1), zone) - now,
      );
      return Math.max(1, Math.min(lookEveryMs, ...next));
    } catch (error) {
      onTrouble(error, '');
      return lookEveryMs;
    }
  }

  async #lookAtAll(): Promise<void> {
    const { storage, onTrouble } = this.#options;
    try {
      for (const tenant of await storage.system.listTenants()) {
        if (this.#stop.signal.aborted) return;
        try {
          await this.#lookAt(tenant);
        } catch (error) {
          onTrouble(error, tenant.slug);
        }
      }
    } catch (error) {
      onTrouble(error, '');
    }
  }

  async #lookAt(tenant: Tenant): Promise<void> {
    const { storage, clock } = this.#options;
    const now = clock.now();
    const day = effectiveDay(now, tenant.zone);
    const done = this.#done.get(tenant.id);
    if (done?.day === day && now >= done.at && now - done.at < settleEveryMs) return;
    const { system } = storage;
    const held = await system.acquireLease(tenant.id, leaseName, this.#holder, now, expiryMs, isDeadProcess);
    // Whoever holds it does it; the next look sees whether they did.
    if (!held) return;
    try {
      await this.#run(tenant);
      this.#done.set(tenant.id, { day, at: now });
    } finally {
      await system.releaseLease(tenant.id, leaseName, this.#holder);
    }
  }

  async #run({ id, slug }: Tenant): Promise<void> {
    const { storage, clock, onRun, onSettled } = this.#options;
    const store = await storage.tenant(slug);
    const breathe = this.#breath(id);
    // Date by date, so that each is told with the time it took.
    for (;;) {
      const started = performance.now();
      const [run] = await runDueDays(store, { now: () => clock.now(), breathe, datesMax: 1 });
      if (run === undefined) break;
      onRun(slug, run, performance.now() - started);
      if (this.#stop.signal.aborted) return;
    }
    const settled = await settleToday(store, clock.now());
    if (settled > 0) onSettled(slug, settled);
  }

  /** Lets requests be answered meanwhile, and shows that somebody is at it. */
  #breath(tenantId: number): () => Promise<void> {
    const { storage, clock } = this.#options;
    let renewedAt = clock.now();
    return async () => {
      await letOthersWork();
      const now = clock.now();
      if (now - renewedAt < heartbeatMs) return;
      renewedAt = now;
      await storage.system.renewLease(tenantId, leaseName, this.#holder, now);
    };
  }
}
