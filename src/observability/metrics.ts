import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted. No label holds a name of a tenant, an account or a person; each has few values. */
export type Metrics = ReturnType<typeof createMetrics>;

const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const importSeconds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];
const dailyRunSeconds = [0.01, 0.05, 0.1, 0.3, 1, 3, 10, 30, 60];
const importBytes = [1e3, 1e4, 1e5, 1e6, 5e6, 1e7, 5e7, 1e8, 5e8, 1e9];

/** The counters of one process, each at zero. */
export function createMetrics(version: string) {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'muster_build_info',
    help: 'Which Muster runs, on which Node; always 1.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.version }, 1);
  return {
    registry,
    requests: new Histogram({
      name: 'muster_http_request_duration_seconds',
      help: 'Requests answered, by route pattern, method and class of status.',
      labelNames: ['route', 'method', 'status'],
      buckets: requestSeconds,
      registers,
    }),
    malformed: new Counter({
      name: 'muster_http_malformed_requests_total',
      help: 'Connections that did not speak HTTP, or too slowly.',
      labelNames: ['reason'],
      registers,
    }),
    signIns: new Counter({
      name: 'muster_sign_ins_total',
      help: 'Credentials that were checked, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    importsReceived: new Counter({
      name: 'muster_imports_received_total',
      help: 'Files taken in, by kind and channel.',
      labelNames: ['kind', 'channel'],
      registers,
    }),
    importBytes: new Histogram({
      name: 'muster_import_size_bytes',
      help: 'Size of the files taken in.',
      labelNames: ['kind'],
      buckets: importBytes,
      registers,
    }),
    importRuns: new Counter({
      name: 'muster_import_runs_total',
      help: 'Import runs that ended, by kind and the state they ended in.',
      labelNames: ['kind', 'state'],
      registers,
    }),
    importSeconds: new Histogram({
      name: 'muster_import_duration_seconds',
      help: 'How long runs took from their start to their end.',
      labelNames: ['kind'],
      buckets: importSeconds,
      registers,
    }),
    importOutcomes: new Counter({
      name: 'muster_import_outcomes_total',
      help: 'Records created, updated, unchanged, removed, inactivated; rows ignored, failed.',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    dailyRuns: new Histogram({
      name: 'muster_daily_run_duration_seconds',
      help: 'Local dates that were run, and how long each took.',
      buckets: dailyRunSeconds,
      registers,
    }),
    statusChanges: new Counter({
      name: 'muster_status_changes_total',
      help: 'Groups, sections, members and sets that a daily run turned, by what they became.',
      labelNames: ['to'],
      registers,
    }),
    troubles: new Counter({
      name: 'muster_troubles_total',
      help: 'Trouble of our own that a person should look at, by where it happened.',
      labelNames: ['where'],
      registers,
    }),
    certificateExpiry: new Gauge({
      name: 'muster_tls_certificate_expiry_timestamp_seconds',
      help: 'When the certificate in use ends, as a Unix time.',
      // With a label it is not there at all (rather than 0) until there is a certificate.
      labelNames: ['listener'],
      registers,
    }),
  };
}

/**
 * Adds what the process itself shows: memory, processor, garbage collection, and how long the event loop was
 * held up since the last look (`nodejs_eventloop_lag_max_seconds` and its quantiles).
 */
export function collectProcessMetrics({ registry }: Metrics): void {
  collectDefaultMetrics({ register: registry });
}
