import pg from 'pg';
import { vi } from 'vitest';

/** What the driver was asked meanwhile. */
export async function asked(work: () => Promise<unknown>): Promise<{ text: string; values: unknown[] }[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await work();
    return query.mock.calls.map(([first]) => {
      const config = first as unknown as string | { text: string; values?: unknown[] };
      return typeof config === 'string' ? { text: config, values: [] } : { values: [], ...config };
    });
  } finally {
    query.mockRestore();
  }
}
