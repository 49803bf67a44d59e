import { posix } from 'node:path';
import { arrows, engineBlind, impure, outsideArrows } from './arrow-table.ts';
import { findCycles } from './cycles.ts';
import type { ImportStatement } from './imports.ts';
import { readImports } from './imports.ts';
import { isTestFile, lineAt, takeApart } from './source-text.ts';

export interface Findings {
  /** One sentence each, beginning with the place. */
  readonly violations: readonly string[];
  readonly filesSeen: number;
  readonly importsSeen: number;
}

/**
 * Checks the files of `src/` (path from there → text) against the arrow table: who imports whom, which package
 * or built-in is used where, that the domain is pure, that nothing above the engines names one, and that no
 * files import each other in a circle. Test files may import what they like but are read all the same.
 */
export function checkArrows(files: ReadonlyMap<string, string>): Findings {
  const violations: string[] = [];
  const edges = new Map<string, string[]>();
  let importsSeen = 0;
  for (const [file, text] of files) {
    if (arrowsOf(file) === undefined) violations.push(`${file}: no room of the arrow table covers this file`);
    const targets: string[] = [];
    for (const statement of readImports(text)) {
      importsSeen += 1;
      if (isTestFile(file)) continue;
      const complaint = judgeImport(file, statement, files);
      if (complaint !== undefined) violations.push(`${file}:${statement.line}: ${complaint}`);
      const target = resolve(file, statement.specifier);
      // A URL starts a thread or reads a file; it loads nothing into this one.
      if (target !== undefined && !statement.typeOnly && statement.form !== 'url') targets.push(target);
    }
    edges.set(file, targets);
    if (!isTestFile(file)) violations.push(...judgeWords(file, text));
  }
  for (const cycle of findCycles(edges))
    violations.push(`${cycle.join(' → ')}: files import each other in a circle`);
  return { violations, filesSeen: files.size, importsSeen };
}

/** `domain/patron/patron.ts` lies in room `domain`, `main.ts` in a room of its own. */
const roomOf = (file: string) => file.split('/')[0] ?? file;

function arrowsOf(file: string) {
  if (/^jobs\/[^/]*worker\.ts$/.test(file)) return arrows['jobs/*worker.ts'];
  return Object.hasOwn(arrows, roomOf(file)) ? arrows[roomOf(file)] : undefined;
}

/** The path from `src/` that a relative specifier means; undefined for packages and computed names. */
function resolve(file: string, specifier: string | undefined): string | undefined {
  return specifier?.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined;
}

function judgeImport(file: string, statement: ImportStatement, files: ReadonlyMap<string, string>) {
  const { specifier, form } = statement;
  if (specifier === undefined) return 'imports a name computed at run time; name the file';
  const target = resolve(file, specifier);
  if (target === undefined) return judgeOutside(file, specifier);
  if (target.startsWith('../')) {
    // Files beside the code (package.json, console assets) are data; code outside src/ is not ours to import.
    return form === 'url' && !target.endsWith('.ts')
      ? undefined
      : `imports ${target}, which lies outside src/`;
  }
  if (isTestFile(target)) return `imports ${target}, which belongs to the tests`;
  if (target.endsWith('.ts') && !files.has(target)) return `imports ${target}, which is not there`;
  if (roomOf(target) === roomOf(file)) return undefined;
  const allowed = arrowsOf(file) ?? [];
  if (allowed.some(({ to }) => to === '*' || to === roomOf(target) || to === target)) return undefined;
  return `${roomOf(file)} must not import ${roomOf(target)} (${target})`;
}

function judgeOutside(file: string, specifier: string) {
  const row = outsideArrows.find(({ name }) =>
    name.endsWith('*') ? specifier.startsWith(name.slice(0, -1)) : specifier === name,
  );
  if (row === undefined) return `imports ${specifier}, which no line of the arrow table allows`;
  if (row.rooms.some((room) => room === roomOf(file) || file.startsWith(`${room}/`))) return undefined;
  return `${roomOf(file)} must not import ${specifier} (${row.why})`;
}

function judgeWords(file: string, text: string): string[] {
  const { code, strings } = takeApart(text);
  const found: string[] = [];
  if (roomOf(file) === 'domain') {
    for (const { pattern, what } of impure) {
      const match = pattern.exec(code);
      if (match) found.push(`${file}:${lineAt(code, match.index)}: the domain is pure but uses ${what}`);
    }
  }
  if (engineBlind.some((folder) => file.startsWith(folder))) {
    const inCode = code.split('\n').map((line, index) => ({ text: line, line: index + 1 }));
    for (const piece of [...inCode, ...strings]) {
      if (/postgres|sqlite/i.test(piece.text)) {
        found.push(
          `${file}:${piece.line}: names a database engine; put what differs behind a capability flag`,
        );
      }
    }
  }
  return found;
}
