import { expect, test } from 'vitest';
import { MusterError } from '../domain/errors.ts';
import type { TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import { WriteTogether } from './write-together.ts';

/** A store whose transactions are counted, each after the one before; nothing is in it. */
function countingStore() {
  const transactions: number[] = [];
  const transact = async <T>(work: (tx: TenantTransactor) => Promise<T>) => {
    const place = transactions.push(0) - 1;
    const done = await work({ place } as unknown as TenantTransactor);
    return done;
  };
  return { transactions, store: { transact } as unknown as TenantStore };
}

const upper = (_: TenantTransactor, jobs: readonly string[]) =>
  Promise.resolve(jobs.map((job) => job.toUpperCase()));

test('what comes at once shares a transaction, and each gets its own answer', async () => {
  const { transactions, store } = countingStore();
  const writer = new WriteTogether(store, upper);
  expect(await Promise.all(['a', 'b', 'c'].map((job) => writer.submit(job)))).toEqual(['A', 'B', 'C']);
  expect(transactions).toHaveLength(1);
  expect(await writer.submit('d')).toBe('D');
  expect(transactions).toHaveLength(2);
});

test('a job that breaks takes no other with it', async () => {
  const { store } = countingStore();
  const writer = new WriteTogether(store, (tx, jobs: readonly string[]) => {
    if (jobs.includes('bad')) throw new TypeError('on purpose');
    return upper(tx, jobs);
  });
  const answers = await Promise.allSettled(['a', 'bad', 'c'].map((job) => writer.submit(job)));
  expect(answers).toEqual([
    { status: 'fulfilled', value: 'A' },
    { status: 'rejected', reason: new TypeError('on purpose') },
    { status: 'fulfilled', value: 'C' },
  ]);
});

test('a database that is busy is so for all of them, at once', async () => {
  const { transactions, store } = countingStore();
  const writer = new WriteTogether(store, () => {
    throw new MusterError('busy', 'on purpose');
  });
  const answers = await Promise.allSettled(['a', 'b'].map((job) => writer.submit(job)));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(transactions).toHaveLength(1);
});

test('what comes while a group is written goes with the next one', async () => {
  const { transactions, store } = countingStore();
  const late: Promise<string>[] = [];
  const writer: WriteTogether<string, string> = new WriteTogether(store, (tx, jobs) => {
    if (jobs.includes('a')) late.push(writer.submit('b'), writer.submit('c'));
    return upper(tx, jobs);
  });
  expect(await writer.submit('a')).toBe('A');
  expect(await Promise.all(late)).toEqual(['B', 'C']);
  expect(transactions).toHaveLength(2);
});
