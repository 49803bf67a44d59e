import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'major'; flavor: 'last-resort' }) => void;

/**
 * Sweeps the heap of this thread once and gives back what is free in it, which holds the thread up for some tens of
 * milliseconds. For the moment when its start is over: loading the modules leaves behind as much again as the thread
 * needs to live, and one that makes little garbage would keep it for good (docs/decisions/0012).
 */
export function sweepHeap(): void {
  // The only way to V8's thorough collection; the name is made in a context of its own and stays there. The flag is all
  // threads' and stays set: one that took it back would take it from another that is just here as well.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  collect({ type: 'major', flavor: 'last-resort' });
}
