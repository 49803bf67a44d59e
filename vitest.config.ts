import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // The second one ends the output with `N passed, N failed, N skipped`.
    reporters: ['default', './test/support/summary-reporter.ts'],
    pool: 'threads',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A retry would hide a race; a test that passes only sometimes is a failure.
    retry: 0,
  },
});
