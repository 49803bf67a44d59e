import { get } from 'node:http';
import { Worker } from 'node:worker_threads';

/** How long the server's event loop stood still at most, in milliseconds, as seen from both sides. */
export interface Stall {
  /** The longest answer of `/healthz`: an upper bound, since network and scheduling are in it. */
  readonly pingMs: number;
  readonly pings: number;
  /** What the server's own histogram says, where `/metrics` has it. */
  readonly ownMs: number | undefined;
}

/**
 * Runs `work` while a thread of its own asks `/healthz` every 5 ms over one connection. The server's own
 * histogram starts anew with each reading, so it is read once before.
 */
export async function withStall<T>(
  port: number,
  work: () => Promise<T>,
): Promise<{ result: T; stall: Stall }> {
  await ownLoopDelayMs(port);
  const pinger = new Worker(new URL('stall-worker.ts', import.meta.url), { workerData: { port } });
  const answered = new Promise<{ pingMs: number; pings: number }>((resolve, reject) => {
    pinger.on('message', (message: { pingMs: number; pings: number } | 'pinging') => {
      if (message !== 'pinging') resolve(message);
    });
    pinger.on('error', reject);
  });
  await new Promise((resolve) => pinger.once('message', resolve));
  try {
    const result = await work();
    pinger.postMessage('stop');
    const seen = await answered;
    return { result, stall: { ...seen, ownMs: await ownLoopDelayMs(port) } };
  } finally {
    await pinger.terminate();
  }
}

/** The longest delay that the server measured of its own event loop; undefined where it does not say. */
async function ownLoopDelayMs(port: number): Promise<number | undefined> {
  const text = await new Promise<string>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/metrics' }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (body += piece));
      response.on('end', () => resolve(response.statusCode === 200 ? body : ''));
    }).on('error', reject);
  });
  const seconds = /^nodejs_eventloop_lag_max_seconds(?:\{[^}]*\})? ([\d.e+-]+)$/m.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
