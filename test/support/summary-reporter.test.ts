import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const reporter = join(root, 'test/support/summary-reporter.ts');

/** Runs the real test runner over the given files; gives its exit code and the last line it printed. */
function runTests(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-summary-'));
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    writeFileSync(
      join(folder, 'vitest.config.ts'),
      `export default { test: { include: ['*.test.ts'], reporters: ['default', ${JSON.stringify(reporter)}] } };`,
    );
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--root', folder], {
      encoding: 'utf8',
      env: { ...process.env, VITEST: undefined, NODE_ENV: undefined },
    });
    return { status, lastLine: stdout.trimEnd().split('\n').at(-1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const head = `import { beforeAll, describe, expect, test } from 'vitest';\n`;

test('a run that is all good ends with its line and exit code 0', () => {
  const run = runTests({
    'good.test.ts': `${head}test('a', () => {}); test.skip('b', () => {}); test('c', () => {});`,
  });
  expect(run).toEqual({ status: 0, lastLine: '2 passed, 0 failed, 1 skipped' });
});

test('a failing test, a file that does not load, a broken hook and a stray rejection each count as failed', () => {
  const run = runTests({
    'good.test.ts': `${head}test('a', () => {});`,
    'bad.test.ts': `${head}test('a', () => expect(1).toBe(2));`,
    'unloadable.test.ts': `${head}throw new Error('no');`,
    'hook.test.ts': `${head}describe('s', () => { beforeAll(() => { throw new Error('no'); }); test('a', () => {}); });`,
    'stray.test.ts': `${head}test('a', () => { void Promise.reject(new Error('no')); });`,
  });
  expect(run).toEqual({ status: 1, lastLine: '2 passed, 4 failed, 1 skipped' });
});

test('a run in which nothing ran fails', () => {
  expect(runTests({})).toEqual({ status: 1, lastLine: '0 passed, 0 failed, 0 skipped' });
  const skippedOnly = runTests({ 'skipped.test.ts': `${head}test.skip('a', () => {});` });
  expect(skippedOnly).toEqual({ status: 1, lastLine: '0 passed, 0 failed, 1 skipped' });
});
