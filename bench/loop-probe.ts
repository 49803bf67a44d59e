import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into the server's process before the server itself (`--import`): measures how late its event loop is
 * and tells the bench over the channel between them when asked. Worker threads load it too and stay silent.
 */
if (isMainThread && process.channel) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('message', (message) => {
    if (message === 'reset') delay.reset();
    if (message === 'read') process.send!({ loopDelayMs: delay.max / 1e6 });
  });
  // The bench may go away; the server must be able to end by itself.
  process.channel.unref();
}
