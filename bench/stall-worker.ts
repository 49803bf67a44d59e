import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Line, requestBytes } from './wire.ts';

/** Asks `/healthz` every 5 ms until told to stop, then says how long the longest answer took. */
const { port } = workerData as { port: number };
const everyMs = 5;
const request = requestBytes('GET', '/healthz');

let stopped = false;
parentPort!.once('message', () => (stopped = true));

// Two hundred questions a second by a whole HTTP client would take a processor's time from the server.
using line = await Line.open(port);
await line.ask(request);
parentPort!.postMessage('pinging');
let pingMs = 0;
let pings = 0;
while (!stopped) {
  const started = performance.now();
  await line.ask(request);
  const tookMs = performance.now() - started;
  pingMs = Math.max(pingMs, tookMs);
  pings++;
  if (tookMs < everyMs) await pause(everyMs - tookMs);
}
parentPort!.postMessage({ pingMs, pings });
