import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Section } from './check-readings.ts';
import { checkReadings, numbersInComments, numbersInTitles, parseTable, sections } from './check-readings.ts';

const root = join(import.meta.dirname, '../..');

/** Text files of one of the project's folders, by their path from the root. */
function readFolder(folder: string, endings: RegExp): [string, string][] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .filter((path) => endings.test(path))
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]);
}

test('every reading has a home, a test and a row, and no number is made up', () => {
  const docs = new Map(readFolder('docs/spec', /\.md$/));
  const sources = new Map([
    ...readFolder('src', /\.(?:ts|sql)$/),
    ...readFolder('test', /\.ts$/),
    ...readFolder('conformance', /\.(?:ts|json)$/),
  ]);
  expect([...docs.keys()]).toEqual(
    expect.arrayContaining(sections.filter((s) => s.built > 0).map((s) => s.doc)),
  );
  expect(checkReadings(docs, sources)).toEqual([]);
});

describe('the checker', () => {
  const known: Section[] = [{ letter: 'I', known: 3, built: 2, doc: 'i.md' }];
  const doc = '| I1 | a | src/a.ts | src/a.test.ts |\n| I2 | b | `src/b.ts` | `src/a.test.ts`, test/b.ts |\n';
  const sources = {
    'src/a.ts': '// I1: so it is\nexport const a = 1;',
    'src/b.ts': '/** As I2 says. */',
    'src/a.test.ts': `test('I1 and I2 hold', () => {});`,
    'test/b.ts': `test.each([])(\`I2 \${name}\`, () => {});`,
  };
  const check = (text: string, changed: Record<string, string> = {}) =>
    checkReadings(new Map([['i.md', text]]), new Map(Object.entries({ ...sources, ...changed })), known);

  test('is content with what is right', () => {
    expect(check(doc)).toEqual([]);
  });

  test.each<[string, string, Record<string, string>, string]>([
    ['a row that is missing', doc.split('\n')[0] ?? '', {}, 'i.md: I2 has 0 rows, not one'],
    ['a row that stands twice', doc + doc.split('\n')[0], {}, 'i.md: I1 has 2 rows, not one'],
    ['a number only in code', doc, { 'src/a.ts': 'const I1 = "I1";' }, 'I1: no comment in src/a.ts names it'],
    [
      'a number inside a title',
      doc,
      { 'test/b.ts': `test('as I2 says', () => {});` },
      'I2: no test title in test/b.ts begins with it',
    ],
    [
      'a test that is skipped',
      doc,
      { 'test/b.ts': `test.skip('I2 holds', () => {});` },
      'I2: no test title in test/b.ts begins with it',
    ],
    [
      'a home that is a test',
      doc.replace('src/a.ts', 'test/b.ts'),
      {},
      'I1: no comment in test/b.ts names it',
    ],
    ['a file that is not there', doc.replace('src/b.ts', 'src/c.ts'), {}, 'I2: src/c.ts is not there'],
    ['a number that is too high', doc, { 'src/c.ts': '\n// I99' }, 'src/c.ts:2: there is no reading I99'],
    [
      'a row of another section',
      `${doc}| S1 | x | src/d.ts | test/d.ts |`,
      { 'src/d.ts': '', 'test/d.ts': '' },
      'i.md: there is no reading S1 in this section',
    ],
  ])('catches %s', (_what, text, changed, complaint) => {
    expect(check(text, changed)).toContain(complaint);
  });

  test('reads tables, comments and titles as they stand', () => {
    expect(
      parseTable('| reading | x | y | z |\n| --- | --- | --- | --- |\n| S1 | a \\| b | p | q |'),
    ).toEqual([{ number: 'S1', decidedIn: ['p'], testedIn: ['q'] }]);
    expect(numbersInComments('a.sql', 'SELECT 1;\n-- I12')).toEqual([{ number: 'I12', line: 2 }]);
    expect(numbersInTitles('a.json', '{\n"name": "I3, I4 x"}').map(({ number }) => number)).toEqual([
      'I3',
      'I4',
    ]);
    expect(numbersInTitles('a.test.ts', `const code = 'I5 x'; f({ name: 'I6 x' }, ['I7-a', 2]);`)).toEqual([
      { number: 'I6', line: 1 },
    ]);
  });
});
