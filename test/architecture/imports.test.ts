import { expect, test } from 'vitest';
import { readImports } from './imports.ts';

const specifiers = (text: string) => readImports(text).map(({ specifier }) => specifier);

test('every form of import is seen', () => {
  const text = `
import './side.ts';
import a, {
  b,
  type C,
} from './names.ts';
import type { D } from './types.ts';
import * as e from "node:fs";
export * from './all.ts';
export type { F } from './f.ts';
const g = await import('./dynamic.ts');
type H = import('./inline.ts').H;
new Worker(new URL('./worker.ts', import.meta.url), { name: 'w' });
import type from './named-type.ts';
`;
  expect(readImports(text)).toEqual([
    { specifier: './side.ts', line: 2, typeOnly: false, form: 'import' },
    { specifier: './names.ts', line: 3, typeOnly: false, form: 'import' },
    { specifier: './types.ts', line: 7, typeOnly: true, form: 'import' },
    { specifier: 'node:fs', line: 8, typeOnly: false, form: 'import' },
    { specifier: './all.ts', line: 9, typeOnly: false, form: 'export' },
    { specifier: './f.ts', line: 10, typeOnly: true, form: 'export' },
    { specifier: './named-type.ts', line: 14, typeOnly: false, form: 'import' },
    { specifier: './dynamic.ts', line: 11, typeOnly: false, form: 'dynamic' },
    { specifier: './inline.ts', line: 12, typeOnly: false, form: 'dynamic' },
    { specifier: './worker.ts', line: 13, typeOnly: false, form: 'url' },
  ]);
});

test('what only looks like an import is none', () => {
  expect(specifiers(`// import './no.ts'\nconst s = "import './no.ts'";\nexport const from = 'x';`)).toEqual(
    [],
  );
  expect(specifiers(`export function f() { return 'a'; }\nexport class G { from = 'x'; }`)).toEqual([]);
});

test('a computed name is reported as such', () => {
  expect(specifiers('await import(`./${name}.ts`); await import(name);')).toEqual([undefined, undefined]);
});
