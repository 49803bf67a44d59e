import { AccessTurnStore } from '../../src/storage/stores/access-turn-store.ts';
import { DailyRunStore } from '../../src/storage/stores/daily-run-store.ts';
import { MemberStore } from '../../src/storage/stores/member-store.ts';
import { RecordStore } from '../../src/storage/stores/record-store.ts';
import { RunStore } from '../../src/storage/stores/run-store.ts';

/**
 * Loaded into the real program by a test (`node --import`), its threads included: ends the process as `kill -9` does as
 * soon as one thing has been written, which `KILL_AFTER` names, e.g. `MemberStore.insert`.
 */
const [storeName, method] = process.env['KILL_AFTER']!.split('.') as [string, string];
const stores = { AccessTurnStore, DailyRunStore, MemberStore, RecordStore, RunStore };
type Write = (this: unknown, ...args: unknown[]) => Promise<unknown>;
const prototype = stores[storeName as keyof typeof stores].prototype as unknown as Record<string, Write>;
const write = prototype[method]!;
prototype[method] = async function (...args) {
  await write.apply(this, args);
  process.kill(process.pid, 'SIGKILL');
};
