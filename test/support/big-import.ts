import { expect } from 'vitest';
import type { TenantStore } from '../../src/ports/tenant-store.ts';

/** Enough that an import of them can be met in its middle. */
export const patronCount = 20_000;
export const usernames = Array.from({ length: patronCount }, (_, index) => `patron${index}`);
/** One e-mail contact for each of them. */
export const contactsCsv = `username,type,contact\n${usernames.map((name) => `${name},EMAIL,${name}@example.org`).join('\n')}\n`;

/** Resolves once the newest run of contacts is being done. */
export async function underWay(store: TenantStore): Promise<void> {
  const newest = async () => {
    const { items } = await store.read.runs.list({ page: 1, pageSize: 1 });
    return `${items[0]?.kind} ${items[0]?.state}`;
  };
  await expect.poll(newest, { interval: 5, timeout: 30_000 }).toBe('contacts running');
}
