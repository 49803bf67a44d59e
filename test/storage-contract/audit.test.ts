import { describe, expect, test } from 'vitest';
import { engines, instant } from '../support/engines.ts';
import { upTo } from '../support/records.ts';

describe.each(engines)('the audit on $name', ({ open }) => {
  test('entries are given back as they were written, newest first, in pages, to their tenant alone', async () => {
    await using opened = await open();
    const entries = upTo(5).map((number) => ({
      at: instant + number,
      actor: { name: 'Anna "Ü"', channel: 'cli' } as const,
      action: 'account.created',
      subject: `account ${number}`,
      detail: { number, nested: { list: [null, true] } },
    }));
    for (const entry of entries) await opened.main.transact((tx) => tx.audit.append(entry));
    const stored = entries.map((entry, index) => ({ ...entry, id: index + 1 })).toReversed();
    const { audit } = opened.main.read;
    expect(await audit.list(1, 3)).toEqual({ items: stored.slice(0, 3), total: 5 });
    expect(await audit.list(2, 3)).toEqual({ items: stored.slice(3), total: 5 });
    expect(await audit.list(3, 3)).toEqual({ items: [], total: 5 });
    expect(await opened.other.read.audit.list(1, 3)).toEqual({ items: [], total: 0 });
  });
});
