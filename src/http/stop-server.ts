import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { ImportQueue } from '../jobs/import-queue.ts';

/** For answers that are ready to reach whoever asked. */
const lastAnswersMs = 2_000;

/**
 * Stops serving: no new connection or request is taken, those in flight end, and imports have `graceMs` to end.
 * What needs longer is given back (its sender is told 503) or, where it is an upload that still comes in, cut.
 */
export async function stopServer(app: FastifyInstance, imports: ImportQueue, graceMs: number): Promise<void> {
  const closed = app.close();
  const inTime = new AbortController();
  const deadline = delay(graceMs, undefined, { signal: inTime.signal }).catch(() => undefined);
  await imports.stop(graceMs);
  await Promise.race([closed, Promise.all([deadline, delay(lastAnswersMs, undefined, { ref: false })])]);
  inTime.abort();
  app.server.closeAllConnections();
  await closed;
}
