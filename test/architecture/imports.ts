import { lineAt, takeApart } from './source-text.ts';

/** One file naming another, a package or a Node built-in. */
export interface ImportStatement {
  /** What stands between the quotes, or undefined where the name is computed. */
  readonly specifier: string | undefined;
  readonly line: number;
  /** Erased before the program runs, so it can close no cycle. */
  readonly typeOnly: boolean;
  readonly form: 'import' | 'export' | 'dynamic' | 'url';
}

const statement =
  /\b(?<word>import|export)(?<type>\s+type\b(?!\s*from\b))?(?<names>[^;'()=]*?\bfrom)?\s*'#(?<n>\d+)'/g;
const dynamic = /\b(?:import|require(?:\.resolve)?|import\.meta\.resolve)\s*\(\s*(?:'#(?<n>\d+)'\s*[,)])?/g;
const url = /\bnew\s+URL\s*\(\s*(?:'#(?<n>\d+)'\s*)?[^()]*?,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * Every place where a TypeScript file names another file: `import`, `export … from`, `import()`, `require()`
 * and `new URL(…, import.meta.url)`, which is how a worker's entry and files beside the code are named.
 */
export function readImports(text: string): ImportStatement[] {
  const { code, strings } = takeApart(text);
  const found: ImportStatement[] = [];
  const add = (match: RegExpMatchArray, form: ImportStatement['form'], typeOnly: boolean) => {
    const n = match.groups?.['n'];
    const specifier = n === undefined ? undefined : strings[Number(n)]?.text;
    found.push({ specifier, line: lineAt(code, match.index ?? 0), typeOnly, form });
  };
  for (const match of code.matchAll(statement)) {
    // `export 'x'` is not a statement: a name list and `from` belong to every export.
    if (match.groups?.['word'] === 'export' && match.groups['names'] === undefined) continue;
    const form = match.groups?.['word'] === 'export' ? 'export' : 'import';
    add(match, form, match.groups?.['type'] !== undefined);
  }
  for (const match of code.matchAll(dynamic)) add(match, 'dynamic', false);
  for (const match of code.matchAll(url)) add(match, 'url', false);
  return found;
}
