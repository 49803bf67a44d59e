import { isTestFile, lineAt, takeApart } from './source-text.ts';

/** One section of numbered readings: its letter, how many there are, and how many are built so far. */
export interface Section {
  readonly letter: string;
  readonly known: number;
  readonly built: number;
  readonly doc: string;
}

/** The readings as they are numbered. Raise `built` with the work that builds a section. */
export const sections: readonly Section[] = [
  { letter: 'S', known: 10, built: 10, doc: 'docs/spec/shared.md' },
  { letter: 'I', known: 22, built: 22, doc: 'docs/spec/infiniti.md' },
  { letter: 'F', known: 18, built: 18, doc: 'docs/spec/fsi.md' },
  { letter: 'W', known: 22, built: 22, doc: 'docs/spec/webcheckout.md' },
  { letter: 'M', known: 4, built: 4, doc: 'docs/spec/muster.md' },
];

/** One row of a table in `docs/spec/`. */
export interface ReadingRow {
  readonly number: string;
  readonly decidedIn: readonly string[];
  readonly testedIn: readonly string[];
}

/** The rows `| I7 | what it says | file | file |` of a document; a cell may name several files. */
export function parseTable(markdown: string): ReadingRow[] {
  const paths = (cell: string | undefined) =>
    (cell ?? '').split(/[\s,`]+|<br>/).filter((path) => path !== '');
  return markdown.split('\n').flatMap((line) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const [, number = '', says = '', decidedIn, testedIn, end] = cells;
    if (!/^[A-Z]\d+$/.test(number) || says === '' || end !== '') return [];
    return [{ number, decidedIn: paths(decidedIn), testedIn: paths(testedIn) }];
  });
}

interface Mention {
  readonly number: string;
  readonly line: number;
}

/** The numbers that the comments of a file name. */
export function numbersInComments(path: string, text: string): Mention[] {
  const comments = path.endsWith('.ts')
    ? takeApart(text).comments
    : [...text.matchAll(/(?:--|#|\/\/).*/g)].map((match) => ({
        text: match[0],
        line: lineAt(text, match.index),
      }));
  return comments.flatMap((comment) =>
    [...comment.text.matchAll(/\b[SIFWM]\d{1,2}\b/g)].map((match) => ({
      number: match[0],
      line: comment.line + lineAt(comment.text, match.index) - 1,
    })),
  );
}

/** Before the title of a test, or of a case in a table of them; a test that is skipped proves nothing. */
const beforeTitle = /(?:[\w)>]\s*\(|\[|\b(?:name|title)\s*:)\s*$/;
const beforeSkipped = /\.(?:skip|todo)(?:\([^()]*\))?\s*\(\s*$/;
const leadingNumbers = /^[SIFWM]\d{1,2}(?:(?:[, ]+|, and | and )[SIFWM]\d{1,2})*(?![\w-])/;

/** The numbers that titles of tests begin with (`'I7 …'`, `'I7, I14 …'`). */
export function numbersInTitles(path: string, text: string): Mention[] {
  const numbersOf = (title: string) => leadingNumbers.exec(title)?.[0].match(/[SIFWM]\d+/g) ?? [];
  if (!path.endsWith('.ts')) {
    return text.split('\n').flatMap((line, index) => {
      const title = /"(?:name|title)"\s*:\s*"([^"]*)/.exec(line)?.[1] ?? '';
      return numbersOf(title).map((number) => ({ number, line: index + 1 }));
    });
  }
  const { code, strings } = takeApart(text);
  return [...code.matchAll(/'#(\d+)'/g)].flatMap((match) => {
    const before = code.slice(Math.max(0, match.index - 200), match.index);
    if (!beforeTitle.test(before) || beforeSkipped.test(before)) return [];
    const title = strings[Number(match[1])];
    return title === undefined ? [] : numbersOf(title.text).map((number) => ({ number, line: title.line }));
  });
}

const isTest = (path: string) => !path.startsWith('src/') || isTestFile(path);

/**
 * Checks documents (path → text) against sources (path → text, of `src/`, `test/` and `conformance/`): every
 * built reading has a row; what a row names as its home has a comment with the number, what it names as its
 * test has a title that begins with it; and nobody mentions a number that does not exist.
 */
export function checkReadings(
  docs: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, string>,
  known: readonly Section[] = sections,
): string[] {
  const complaints: string[] = [];
  for (const section of known) {
    const rows = parseTable(docs.get(section.doc) ?? '');
    for (let n = 1; n <= section.built; n += 1) {
      const count = rows.filter((row) => row.number === `${section.letter}${n}`).length;
      if (count !== 1) complaints.push(`${section.doc}: ${section.letter}${n} has ${count} rows, not one`);
    }
    for (const row of rows) complaints.push(...judgeRow(row, section, sources));
  }
  for (const [path, text] of sources) {
    for (const { number, line } of [...numbersInComments(path, text), ...numbersInTitles(path, text)]) {
      if (!exists(number, known)) complaints.push(`${path}:${line}: there is no reading ${number}`);
    }
  }
  return complaints;
}

function exists(number: string, known: readonly Section[]): boolean {
  const n = Number(number.slice(1));
  return known.some((section) => number.startsWith(section.letter) && n >= 1 && n <= section.known);
}

function judgeRow(row: ReadingRow, section: Section, sources: ReadonlyMap<string, string>): string[] {
  const { number, decidedIn, testedIn } = row;
  const complaints: string[] = [];
  if (!number.startsWith(section.letter) || !exists(number, [section])) {
    complaints.push(`${section.doc}: there is no reading ${number} in this section`);
  }
  if (decidedIn.length === 0) complaints.push(`${section.doc}: ${number} is decided nowhere`);
  if (testedIn.length === 0) complaints.push(`${section.doc}: ${number} is tested nowhere`);
  const look = (path: string, ok: (text: string) => boolean, complaint: string) => {
    const text = sources.get(path);
    if (text === undefined) complaints.push(`${number}: ${path} is not there`);
    else if (!ok(text)) complaints.push(`${number}: ${complaint}`);
  };
  const names = (mentions: readonly Mention[]) => mentions.some((mention) => mention.number === number);
  for (const path of decidedIn) {
    const inHome = (text: string) => !isTest(path) && names(numbersInComments(path, text));
    look(path, inHome, `no comment in ${path} names it`);
  }
  for (const path of testedIn) {
    const inTest = (text: string) => isTest(path) && names(numbersInTitles(path, text));
    look(path, inTest, `no test title in ${path} begins with it`);
  }
  return complaints;
}
