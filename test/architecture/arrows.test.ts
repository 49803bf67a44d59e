import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { arrows, outsideArrows } from './arrow-table.ts';
import { checkArrows } from './check-arrows.ts';

const src = join(import.meta.dirname, '../../src');

/** The files the checker reads, by the path from `src/`. */
function readSources(): Map<string, string> {
  const names = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return new Map(names.map((name) => [name.split(sep).join('/'), readFileSync(join(src, name), 'utf8')]));
}

/** Counts the same files in another way, so that a reader which sees too little is found out. */
function countSources(folder: string): number {
  let count = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) count += countSources(join(folder, entry.name));
    else if (/\.[cm]?tsx?$/.test(entry.name)) count += 1;
  }
  return count;
}

describe('the tree', () => {
  const findings = checkArrows(readSources());

  test('every import follows an arrow', () => {
    expect(findings.violations).toEqual([]);
  });

  test('the checker saw the whole tree', () => {
    expect(findings.filesSeen).toBe(countSources(src));
    expect(findings.filesSeen).toBeGreaterThan(0);
    expect(findings.importsSeen).toBeGreaterThan(0);
  });

  test('every arrow has a reason', () => {
    for (const { why } of [...Object.values(arrows).flat(), ...outsideArrows]) expect(why).not.toBe('');
  });
});

describe('the checker catches', () => {
  const stores = 'storage/stores/patrons.ts';
  const planted: [string, Record<string, string>, string][] = [
    [
      'an arrow that points upwards',
      { 'domain/a.ts': `import { b } from '../storage/b.ts';`, 'storage/b.ts': '' },
      'domain/a.ts:1: domain must not import storage (storage/b.ts)',
    ],
    [
      'a type that points upwards',
      { 'ports/a.ts': `\nimport type { B } from '../http/b.ts';`, 'http/b.ts': '' },
      'ports/a.ts:2: ports must not import http (http/b.ts)',
    ],
    [
      'a re-export',
      { 'contract/a.ts': `export * from '../auth/b.ts';`, 'auth/b.ts': '' },
      'contract/a.ts:1: contract must not import auth (auth/b.ts)',
    ],
    [
      'an import() and a worker',
      {
        'sync/a.ts': `await import('../jobs/b.ts'); new Worker(new URL('../cli/c.ts', import.meta.url));`,
        'jobs/b.ts': '',
        'cli/c.ts': '',
      },
      'sync/a.ts:1: sync must not import jobs (jobs/b.ts) | sync/a.ts:1: sync must not import cli (cli/c.ts)',
    ],
    [
      'http that knows a dialect by name',
      {
        'http/a.ts': `import '../dialects/registry.ts';\nimport '../dialects/infiniti/b.ts';`,
        'dialects/registry.ts': '',
        'dialects/infiniti/b.ts': '',
      },
      'http/a.ts:2: http must not import dialects (dialects/infiniti/b.ts)',
    ],
    [
      'a job that builds its own world outside the worker entry',
      {
        'jobs/import-worker.ts': `import '../storage/b.ts';`,
        'jobs/run.ts': `import '../storage/b.ts';`,
        'storage/b.ts': '',
      },
      'jobs/run.ts:1: jobs must not import storage (storage/b.ts)',
    ],
    [
      'a package in the wrong room',
      { 'sync/a.ts': `import { sql } from 'kysely';` },
      'sync/a.ts:1: sync must not import kysely (SQL stays in the stores)',
    ],
    [
      'a package nobody allowed',
      { 'http/a.ts': `import x from 'left-pad';` },
      'http/a.ts:1: imports left-pad, which no line of the arrow table allows',
    ],
    [
      'a built-in in the domain',
      { 'domain/a.ts': `import { readFileSync } from 'node:fs';` },
      'domain/a.ts:1: domain must not import node:fs (files of the machine; large deliveries spill)',
    ],
    [
      'a clock in the domain',
      { 'domain/a.ts': `const day = new Date(0);\nconst now = new Date();` },
      'domain/a.ts:2: the domain is pure but uses new Date() of now',
    ],
    [
      'chance and process in the domain',
      { 'domain/a.ts': `// Math.random() is fine in a comment\nprocess.exit(Math.random());` },
      'domain/a.ts:2: the domain is pure but uses Math.random | domain/a.ts:2: the domain is pure but uses process',
    ],
    ['a file in no room', { 'utils/a.ts': '' }, 'utils/a.ts: no room of the arrow table covers this file'],
    [
      'a circle',
      { 'auth/a.ts': `import './b.ts';`, 'auth/b.ts': `import './a.ts';\nimport type { C } from './b.ts';` },
      'auth/a.ts → auth/b.ts → auth/a.ts: files import each other in a circle',
    ],
    [
      'a computed import',
      { 'cli/a.ts': 'await import(`./${name}.ts`);' },
      'cli/a.ts:1: imports a name computed at run time; name the file',
    ],
    [
      'an import out of src/',
      { 'cli/a.ts': `import '../../test/support/b.ts'; new URL('../../package.json', import.meta.url);` },
      'cli/a.ts:1: imports ../test/support/b.ts, which lies outside src/',
    ],
    [
      'a test that is imported, a file that is not there',
      { 'cli/a.ts': `import './b.test.ts';\nimport './c.ts';`, 'cli/b.test.ts': `import 'vitest';` },
      'cli/a.ts:1: imports cli/b.test.ts, which belongs to the tests | cli/a.ts:2: imports cli/c.ts, which is not there',
    ],
    [
      'a store that asks which engine it runs on',
      { [stores]: `// SQLite takes 25 rows an INSERT\nif (dialect === 'postgres') go();` },
      `${stores}:2: names a database engine; put what differs behind a capability flag`,
    ],
  ];

  test.each(planted)('%s', (_what, files, expected) => {
    const { violations } = checkArrows(new Map(Object.entries(files)));
    expect(violations.join(' | ')).toBe(expected);
  });
});
