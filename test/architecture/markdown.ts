import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A markdown document of the project; `path` from its root, with `/`. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

/** A link as it stands in a document: a target inside the project, a fragment, or both. */
export interface Link {
  readonly from: string;
  readonly target: string;
  readonly fragment: string;
}

/** Every markdown document under `root`, packages and data left out. */
export function readDocuments(root: string): Document[] {
  const paths = globSync('**/*.md', {
    cwd: root,
    exclude: ['node_modules/**', 'data/**', 'coverage/**', '.bench/**'],
  });
  return paths
    .map((path) => ({
      path: path.replaceAll('\\', '/'),
      text: readFileSync(join(root, path), 'utf8'),
    }))
    .sort((a, b) => a.path.localeCompare(b.path));
}

/** The links of a document that stay inside the project. */
export function linksOf({ path, text }: Document): Link[] {
  return [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((link) => !/^[a-z][a-z+.-]*:/i.test(link))
    .map((link) => {
      const [target = '', fragment = ''] = link.split('#');
      return { from: path, target, fragment };
    });
}

/** The anchors that headings make: lower case, punctuation dropped, blanks as hyphens. */
export function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#{1,6} +(.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}

/** The text of the fenced blocks, those of one language where it is given. */
export function codeBlocks(text: string, language?: string): string[] {
  return [...text.matchAll(/^ *```(\w*)\n([^]*?)^ *```$/gm)]
    .filter((match) => language === undefined || match[1] === language)
    .map((match) => match[2]!);
}

/** The first column of the table under a heading, code marks taken off. */
export function tableKeys(text: string, heading: string): string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
}

function withoutCode(text: string): string {
  return text.replaceAll(/^ *```[^]*?^ *```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
}
