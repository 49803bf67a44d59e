import type { ImportQueue } from '../../jobs/import-queue.ts';
import type { Progress } from '../../ports/system-store.ts';

const everyMs = 100;
const barWidth = 24;

/**
 * Waits for a run and meanwhile shows on a terminal how far it is; elsewhere it only waits. Standard error, so
 * that the answer on standard output stays clean.
 */
export async function withProgressBar<T>(
  imports: ImportQueue,
  tenant: string,
  runId: number,
  wait: () => Promise<T>,
): Promise<T> {
  const screen = process.stderr;
  if (!screen.isTTY) return wait();
  let shown = false;
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    void imports
      .findProgress(tenant, runId)
      .then((progress) => {
        shown = true;
        screen.write(`\r\u001b[K${progressLine(progress, screen.columns || undefined)}`);
      })
      // Whoever waits for the run is told what is wrong.
      .catch(() => undefined)
      .finally(() => (asking = false));
  }, everyMs);
  try {
    return await wait();
  } finally {
    clearInterval(timer);
    if (shown) screen.write('\r\u001b[K');
  }
}

/** One line for how far a run is, no wider than the terminal; without progress it waits its turn. */
export function progressLine(progress: Progress | undefined, columns = 80): string {
  return lineOf(progress).slice(0, Math.max(0, columns - 1));
}

function lineOf(progress: Progress | undefined): string {
  if (!progress) return 'Waiting for its turn …';
  const { rowsRead, subjectsPlanned, subjectsTotal, applied } = progress;
  const n = (count: number) => count.toLocaleString('en');
  if (subjectsPlanned === 0) return `Reading: ${n(rowsRead)} rows`;
  const written = applied > 0 ? `, ${n(applied)} records written` : '';
  if (subjectsTotal === 0) return `${n(subjectsPlanned)} patrons${written}`;
  const share = Math.min(1, subjectsPlanned / subjectsTotal);
  const bar = '█'.repeat(Math.round(barWidth * share)).padEnd(barWidth, '░');
  return `${bar} ${n(subjectsPlanned)} of ${n(subjectsTotal)} patrons${written}`;
}
