import { writeSync } from 'node:fs';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';

/** How many tests ended in which way; a file or a hook that broke counts as one failure. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Takes what the runner reports at the end of a run, and gives the tally of it. */
export function tallyRun(modules: Iterable<TestModule>, unhandledErrorCount: number): Tally {
  const tally = { passed: 0, failed: unhandledErrorCount, skipped: 0 };
  for (const module of modules) {
    if (hasOwnErrors(module)) tally.failed += 1;
    for (const suite of module.children.allSuites()) {
      if (hasOwnErrors(suite)) tally.failed += 1;
    }
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test without a verdict when the run is over was cut off, which is no success.
      tally[state === 'pending' ? 'failed' : state] += 1;
    }
  }
  return tally;
}

/** A file that did not load, or a hook around tests that threw: no single test carries that error. */
function hasOwnErrors(part: TestModule | TestSuite): boolean {
  return part.errors().length > 0;
}

/**
 * Prints `N passed, N failed, N skipped` as the very last line of a run, when the process ends, after every
 * other reporter and the coverage table. A run in which no test ran is a failure, whatever the runner says.
 */
export default class SummaryReporter implements Reporter {
  #tally: Tally = { passed: 0, failed: 0, skipped: 0 };

  onInit(): void {
    process.once('exit', () => {
      const { passed, failed, skipped } = this.#tally;
      if ((failed > 0 || passed === 0) && !process.exitCode) process.exitCode = 1;
      writeSync(1, `${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.#tally = tallyRun(modules, unhandledErrors.length);
  }
}
