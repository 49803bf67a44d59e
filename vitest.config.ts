import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** What behaves the same on every engine is tested on every engine. */
const onEveryEngine = [
  'test/storage-contract/**/*.test.ts',
  'test/engine/**/*.test.ts',
  'test/api/**/*.test.ts',
  'test/http/**/*.test.ts',
  'test/cli/**/*.test.ts',
  'test/conformance/**/*.test.ts',
  'test/faults/{bugs,canary,edit-meanwhile,kill,kill-points,stop,takeover}.test.ts',
];

/** What looks at the files of the embedded engine; *.postgres.test.ts beside it is about the other. */
const onFiles = ['test/cli/backup.test.ts', 'test/cli/doctor.test.ts'];

export default defineConfig({
  test: {
    // The second one ends the output with `N passed, N failed, N skipped`.
    reporters: ['default', './test/support/summary-reporter.ts'],
    pool: 'threads',
    // Much of a test is waiting for a server of its own, a database or a disk, so one more than there are processors.
    maxWorkers: availableParallelism() + 1,
    // For a test that hangs; how long a simulation takes is the machine's, and nothing a test should fail of.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A retry would hide a race; a test that passes only sometimes is a failure.
    retry: 0,
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/**/*.postgres.test.ts'],
          env: { MUSTER_TEST_ENGINE: 'sqlite' },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: [...onEveryEngine, 'test/**/*.postgres.test.ts'],
          exclude: ['**/node_modules/**', ...onFiles],
          globalSetup: './test/support/postgres-setup.ts',
          env: { MUSTER_TEST_ENGINE: 'postgres' },
        },
      },
    ],
  },
});
