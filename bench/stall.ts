import { Worker } from 'node:worker_threads';
import type { BenchServer } from './server.ts';

/** How long the server's event loop stood still at most, in milliseconds, as seen from both sides. */
export interface Stall {
  /** The longest answer of `/healthz`: an upper bound, since network and scheduling are in it. */
  readonly pingMs: number;
  readonly pings: number;
  /** The greatest delay of the loop as measured inside the process. */
  readonly loopMs: number;
}

/** Runs `work` while a thread of its own asks `/healthz` every 5 ms over one connection. */
export async function withStall<T>(
  server: BenchServer,
  work: () => Promise<T>,
): Promise<{ result: T; stall: Stall }> {
  const pinger = new Worker(new URL('stall-worker.ts', import.meta.url), {
    workerData: { port: server.port },
  });
  const answered = new Promise<{ pingMs: number; pings: number }>((resolve, reject) => {
    pinger.on('message', (message: { pingMs: number; pings: number } | 'pinging') => {
      if (message !== 'pinging') resolve(message);
    });
    pinger.on('error', reject);
  });
  await new Promise((resolve) => pinger.once('message', resolve));
  try {
    server.forgetLoopDelay();
    const result = await work();
    const loopMs = await server.loopDelayMs();
    pinger.postMessage('stop');
    return { result, stall: { ...(await answered), loopMs } };
  } finally {
    await pinger.terminate();
  }
}
