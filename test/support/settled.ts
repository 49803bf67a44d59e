import { setTimeout as delay } from 'node:timers/promises';
import type { Storage } from '../../src/ports/storage.ts';
import { asLines, storedDirectory, type ModelDirectory, type ModelFile } from './model-directory.ts';

/**
 * Waits until no run is left to be done, then compares what is stored with what the runs that ended say, in their
 * order. `check` is called while it waits, to throw where waiting is in vain.
 */
export async function settled(
  storage: Storage,
  files: ReadonlyMap<string, ModelFile>,
  check: () => void = () => {},
): Promise<{ stored: string; unfinished: number }> {
  const { read } = await storage.tenant('main');
  while ((await read.runs.listUnfinished()).length > 0) {
    check();
    await delay(50);
  }
  const { items } = await read.runs.list({ state: 'applied', page: 1, pageSize: 100 });
  const wanted: ModelDirectory = new Map();
  for (const { deliveryId } of items.toReversed()) {
    files.get((await read.deliveries.findById(deliveryId!))!.sha256)!.apply(wanted);
  }
  const [stored, expected] = [asLines(await storedDirectory(read)), asLines(wanted)];
  const differing = stored.find((line, index) => line !== expected[index]) ?? expected[stored.length];
  return { stored: differing ?? 'as its runs say', unfinished: (await read.runs.listUnfinished()).length };
}
