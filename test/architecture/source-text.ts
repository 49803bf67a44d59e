/** A piece of a source file that is not code, and the line it begins on. */
export interface Piece {
  readonly text: string;
  readonly line: number;
}

/**
 * A TypeScript file taken apart: in `code` each comment is gone and each string stands as `'#n'`, n being
 * its place in `strings`, so that a search in `code` never finds what a comment or a string only mentions.
 * Line breaks stay where they were.
 */
export interface SourceText {
  readonly code: string;
  readonly strings: readonly Piece[];
  readonly comments: readonly Piece[];
}

/** Before one of these a `/` begins a regular expression; after anything else it divides. */
const beforeRegExp = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|throw|await|yield))$/;

const token =
  /(?<comment>\/\/[^\n]*|\/\*[^]*?\*\/)|(?<string>'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")|(?<regExp>\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*)|(?<other>[`{}]|[^])/y;

const templatePart = /((?:[^`\\$]|\\[^]|\$(?!\{))*)(`|\$\{)/y;

/** Takes the text of a TypeScript file apart (see `SourceText`). */
export function takeApart(text: string): SourceText {
  const strings: Piece[] = [];
  const comments: Piece[] = [];
  // One entry an open `${`: how many braces stand open inside it.
  const openBraces: number[] = [];
  let code = '';
  let line = 1;
  let at = 0;

  const keepLines = (piece: string) => {
    const breaks = piece.replaceAll(/[^\n]/g, '');
    line += breaks.length;
    return breaks;
  };
  const addString = (piece: string) => {
    strings.push({ text: piece, line });
    code += `'#${strings.length - 1}'${keepLines(piece)}`;
  };
  const readTemplatePart = () => {
    templatePart.lastIndex = at;
    const match = templatePart.exec(text);
    if (!match) throw new Error(`A template literal that begins before line ${line} never ends.`);
    at = templatePart.lastIndex;
    addString(match[1] ?? '');
    if (match[2] === '${') {
      code += '+(';
      openBraces.push(0);
    }
  };

  while (at < text.length) {
    token.lastIndex = at;
    const match = token.exec(text);
    const { comment, string, regExp, other = '' } = match?.groups ?? {};
    const whole = match?.[0] ?? '';
    if (regExp !== undefined && !beforeRegExp.test(code.slice(-80).trimEnd())) {
      code += '/';
      at += 1;
      continue;
    }
    at += whole.length;
    if (comment !== undefined) {
      comments.push({ text: comment, line });
      code += ` ${keepLines(comment)}`;
    } else if (string !== undefined) {
      addString(string.slice(1, -1));
    } else if (regExp !== undefined) {
      code += '/./';
    } else if (other === '`') {
      readTemplatePart();
    } else if (other === '}' && openBraces.at(-1) === 0) {
      openBraces.pop();
      code += ')+';
      readTemplatePart();
    } else {
      const depth = openBraces.length - 1;
      if (depth >= 0 && other === '{') openBraces[depth] = (openBraces[depth] ?? 0) + 1;
      if (depth >= 0 && other === '}') openBraces[depth] = (openBraces[depth] ?? 0) - 1;
      if (other === '\n') line += 1;
      code += other;
    }
  }
  return { code, strings, comments };
}

/** Tests, which lie beside their file; what only they use lies in `test/support/`. */
export function isTestFile(path: string): boolean {
  return path.endsWith('.test.ts');
}

/** The line of `code` that the character at `index` stands on. */
export function lineAt(code: string, index: number): number {
  return code.slice(0, index).split('\n').length;
}
