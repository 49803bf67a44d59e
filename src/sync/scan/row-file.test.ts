import { mkdtempDisposableSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RowFile } from './row-file.ts';

test('rows come back whole in any order, however long and wherever the blocks are cut', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'muster-rows-'));
  {
    using rows = new RowFile(folder.path);
    const long = 'ä'.repeat(300_000);
    const texts = [
      long,
      ...Array.from({ length: 20_000 }, (_, n) => `row ${n} ${'é'.repeat(n % 700)}`),
      long,
    ];
    const places = texts.map((text) => {
      const bytes = Buffer.from(`<${text}>`);
      const start = rows.add(bytes, 1, bytes.length - 1);
      return { text, start, end: start + bytes.length - 2 };
    });
    rows.flush();
    // Each step lands in another block than the one before, more of them than the window holds.
    const steps = Array.from({ length: 3000 }, (_, step) => places[(step * 7919) % places.length]!);
    expect(steps.filter(({ text, start, end }) => rows.text(start, end) !== text)).toEqual([]);
    expect(rows.text(places.at(-1)!.start, places.at(-1)!.end)).toBe(long);
    expect(readdirSync(folder.path)).toHaveLength(1);
  }
  expect(readdirSync(folder.path)).toEqual([]);
});
