import { rmSync } from 'node:fs';
import { createApiSessions, type ApiSessions } from './auth/api-sessions.ts';
import { RequestRate } from './auth/request-rate.ts';
import { createVerifier, type Verifier } from './auth/verifier.ts';
import type { Config } from './config/config.ts';
import { DailyRunJob } from './jobs/daily-run.ts';
import { ImportWorkers } from './jobs/import-workers.ts';
import { PurgeJob } from './jobs/purge.ts';
import { ImportQueue } from './jobs/import-queue.ts';
import { openSpoolDir } from './jobs/spool-dir.ts';
import { version } from './config/version.ts';
import { createEvents, type Events } from './observability/events.ts';
import { createLogger, type Logger } from './observability/logger.ts';
import { createMetrics, type Metrics } from './observability/metrics.ts';
import type { Clock } from './ports/clock.ts';
import type { Storage } from './ports/storage.ts';
import { engineOf } from './storage/engines.ts';
import { DataLock, type DataUse } from './storage/sqlite/data-lock.ts';

/** The running house: everything that is opened once and closed at the end. */
export interface Context extends AsyncDisposable {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: Events;
  readonly storage: Storage;
  readonly imports: ImportQueue;
  readonly purge: PurgeJob;
  readonly dailyRun: DailyRunJob;
  readonly verifier: Verifier;
  readonly apiSessions: ApiSessions;
  readonly requestRate: RequestRate | undefined;
  readonly spoolDir: string;
}

export const systemClock: Clock = { now: () => Date.now() };

/**
 * Claims the data directory, opens storage and starts what runs beside requests. `await using` closes it all,
 * imports first. `conflict` where a second server or a restore is in the way.
 */
export async function openContext(
  config: Config,
  clock: Clock = systemClock,
  use: Exclude<DataUse, 'restore'> = 'command',
): Promise<Context> {
  const lock = DataLock.acquire(config.dataDir, use);
  try {
    return await openBehind(lock, config, clock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function openBehind(lock: DataLock, config: Config, clock: Clock): Promise<Context> {
  const logger = createLogger(config.logLevel);
  const metrics = createMetrics(version);
  const events = createEvents(logger, metrics);
  const storage = await (await engineOf(config)).open({ clock });
  const spoolDir = openSpoolDir(config.dataDir, clock.now());
  const workers = new ImportWorkers({
    dataDir: config.dataDir,
    databaseUrl: config.databaseUrl,
    spillDir: spoolDir,
  });
  const imports = new ImportQueue({
    storage,
    workers,
    clock,
    onTrouble: (error, facts) => events.trouble('import', error, facts),
    onReceived: (tenant, runId, { sizeBytes }, { kind, channel }) =>
      events.importReceived(tenant, runId, kind, channel, sizeBytes),
    onFinished: (tenant, run) => events.importEnded(tenant, run),
    onGivenBack: (tenant, runId) => events.importGivenBack(tenant, runId),
  });
  const purge = new PurgeJob({
    storage,
    clock,
    onPurged: (tenant, purged) => events.purged(tenant, purged),
    onTrouble: (error, tenant) => events.trouble('purge', error, { tenant }),
  });
  const dailyRun = new DailyRunJob({
    storage,
    clock,
    onRun: (tenant, run, durationMs) => events.dailyRunEnded(tenant, run, durationMs),
    onSettled: (tenant, statuses) => events.statusesSettled(tenant, statuses),
    onTrouble: (error, tenant) => events.trouble('daily-run', error, { tenant }),
  });
  return {
    config,
    clock,
    logger,
    metrics,
    events,
    storage,
    imports,
    purge,
    dailyRun,
    verifier: createVerifier({ clock, throttle: config.rateLimit }),
    apiSessions: createApiSessions({
      clients: storage.clients,
      sessions: storage.sessions,
      settingsOf: (tenant) => storage.storeOf(tenant).read.settings.get(),
      clock,
      throttle: config.rateLimit,
      onSignIn: (outcome, tenant) => events.signIn(outcome, tenant),
    }),
    requestRate: config.rateLimit ? new RequestRate(clock) : undefined,
    spoolDir,
    async [Symbol.asyncDispose]() {
      await dailyRun[Symbol.asyncDispose]();
      await purge[Symbol.asyncDispose]();
      await imports[Symbol.asyncDispose]();
      await workers[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
      rmSync(spoolDir, { recursive: true, force: true });
      lock[Symbol.dispose]();
    },
  };
}
