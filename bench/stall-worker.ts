import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

/** Asks `/healthz` every 5 ms until told to stop, then says how long the longest answer took. */
const { port } = workerData as { port: number };
const everyMs = 5;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

let stopped = false;
parentPort!.once('message', () => (stopped = true));

function ping(): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    get({ host: '127.0.0.1', port, path: '/healthz', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(performance.now() - started));
    }).on('error', reject);
  });
}

await ping(); // The first one opens the connection.
parentPort!.postMessage('pinging');
let pingMs = 0;
let pings = 0;
while (!stopped) {
  const tookMs = await ping();
  pingMs = Math.max(pingMs, tookMs);
  pings++;
  if (tookMs < everyMs) await pause(everyMs - tookMs);
}
agent.destroy();
parentPort!.postMessage({ pingMs, pings });
