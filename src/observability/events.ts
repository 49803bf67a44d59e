import type { DailyRun } from '../ports/daily-runs.ts';
import type { ImportKindName, Run } from '../ports/runs.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

export type SignInOutcome = 'succeeded' | 'wrong' | 'throttled' | 'insecure';
export type Trouble = 'import' | 'purge' | 'daily-run' | 'tls';

/** What one answered request shows of itself. */
export interface RequestFacts {
  /** The route's pattern; undefined where nothing lives. */
  readonly route: string | undefined;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  readonly tenant: string | undefined;
}

/**
 * What happens in the house, one function a business event: it counts and writes a line. Nothing personal is
 * handed in: a run by its number, a tenant by its slug, no file name, no username, no address.
 */
export interface Events {
  requestAnswered(facts: RequestFacts): void;
  malformedRequest(reason: string): void;
  /** The tenant is unknown where a key leads to none. */
  signIn(outcome: SignInOutcome, tenant: string | undefined): void;
  importReceived(tenant: string, runId: number, kind: ImportKindName, channel: string, bytes: number): void;
  /** A run has ended: applied, failed, held, discarded or undone. */
  importEnded(tenant: string, run: Run): void;
  /** A run was stopped in its middle with nothing applied; the next start takes it up. */
  importGivenBack(tenant: string, runId: number): void;
  purged(tenant: string, purged: object): void;
  /** A local date was run: statuses turned. */
  dailyRunEnded(tenant: string, run: DailyRun, durationMs: number): void;
  /** Statuses of the last date that were written too late for its run were stored. */
  statusesSettled(tenant: string, statuses: number): void;
  /** A setting that is weaker or other than it should be; `text` is fixed words and names of settings. */
  configWarning(text: string): void;
  certificateLoaded(expiresAt: number): void;
  /** The server cannot serve; `problem` is fixed words. */
  notReady(problem: string): void;
  stopping(signal: string): void;
  /** Something of ours broke: the error is told without its message. */
  trouble(where: Trouble, error: unknown, facts?: Readonly<Record<string, string | number>>): void;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Asked every few seconds by machines. */
const probes = new Set(['/healthz', '/readyz', '/metrics']);

export function createEvents(logger: Logger, metrics: Metrics): Events {
  return {
    requestAnswered({ route = '(none)', method, status, durationMs, tenant }) {
      const known = methods.has(method) ? method : 'other';
      const labels = { route, method: known, status: `${Math.floor(status / 100)}xx` };
      metrics.requests.observe(labels, durationMs / 1000);
      const facts = { route, method: known, status, ms: Math.round(durationMs), tenant };
      logger[probes.has(route) ? 'debug' : 'info'](facts, 'request answered');
    },
    malformedRequest(reason) {
      metrics.malformed.inc({ reason });
      logger.debug({ reason }, 'malformed request');
    },
    signIn(outcome, tenant) {
      metrics.signIns.inc({ outcome });
      if (outcome !== 'succeeded') logger.warn({ tenant, outcome }, 'sign-in refused');
    },
    importReceived(tenant, runId, kind, channel, bytes) {
      metrics.importsReceived.inc({ kind, channel });
      metrics.importBytes.observe({ kind }, bytes);
      logger.info({ tenant, runId, kind, channel, bytes }, 'import received');
    },
    importEnded(tenant, { id, kind, state, counts, subjects, rowCount, startedAt, finishedAt, failure }) {
      metrics.importRuns.inc({ kind, state });
      for (const [outcome, count] of Object.entries(counts)) {
        if (count > 0) metrics.importOutcomes.inc({ kind, outcome }, count);
      }
      const ms = startedAt === null || finishedAt === null ? undefined : Math.max(0, finishedAt - startedAt);
      if (ms !== undefined) metrics.importSeconds.observe({ kind }, ms / 1000);
      const facts = { tenant, runId: id, kind, state, rows: rowCount, subjects, counts, ms };
      if (state === 'failed') logger.warn({ ...facts, code: failure?.code }, 'import failed');
      else logger.info(facts, state === 'held' ? 'import held' : 'import finished');
    },
    importGivenBack(tenant, runId) {
      logger.info({ tenant, runId }, 'import given back');
    },
    purged(tenant, purged) {
      logger.info({ tenant, ...purged }, 'purged');
    },
    dailyRunEnded(tenant, { day, activated, inactivated, gaining, losing }, durationMs) {
      metrics.dailyRuns.observe(durationMs / 1000);
      metrics.statusChanges.inc({ to: 'active' }, activated);
      metrics.statusChanges.inc({ to: 'inactive' }, inactivated);
      const facts = { day, activated, inactivated, gaining, losing, ms: Math.round(durationMs) };
      logger.info({ tenant, ...facts }, 'daily run ended');
    },
    statusesSettled(tenant, statuses) {
      logger.info({ tenant, statuses }, 'statuses settled');
    },
    configWarning(text) {
      logger.warn({ config: text }, 'config warning');
    },
    certificateLoaded(expiresAt) {
      metrics.certificateExpiry.set({ listener: 'https' }, Math.floor(expiresAt / 1000));
      logger.info({ expiresAt: new Date(expiresAt).toISOString() }, 'certificate loaded');
    },
    notReady(problem) {
      metrics.troubles.inc({ where: 'readiness' });
      logger.error({ problem }, 'not ready');
    },
    stopping(signal) {
      logger.info({ signal }, 'stopping');
    },
    trouble(where, error, facts = {}) {
      metrics.troubles.inc({ where });
      logger.error({ err: error, where, ...facts }, 'trouble');
    },
  };
}
