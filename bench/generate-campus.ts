import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { randomNumbers, writePieces } from './generate.ts';

/**
 * An invented campus as files: what members need to be there, the members, and the members again with those of one
 * section in a hundred changed. The same seed and size give the same bytes.
 */
export interface Campus {
  readonly sections: number;
  readonly memberRows: number;
  readonly changedRows: number;
  /** Kind → file, in the order in which they are to be sent. */
  readonly before: readonly (readonly [kind: string, file: string])[];
  readonly membersFile: string;
  readonly changedFile: string;
  readonly membersBytes: number;
}

const membersPerSection = 50;
const sectionsPerGroup = 10;
/** Memberships a patron, on average. */
const membershipsPerPatron = 5;
const changedEvery = 100;
const linesPerPiece = 2_000;

export const memberHeader = 'section-unique-identifier,member-unique-identifier,start-date,end-date';

/** Writes the files of a campus whose patrons have five memberships each. */
export async function generateCampus(dir: string, patrons: number, seed: number): Promise<Campus> {
  const file = (name: string) => join(dir, name);
  const sections = Math.max(1, Math.round((patrons * membershipsPerPatron) / membersPerSection));
  const groups = Math.ceil(sections / sectionsPerGroup);
  const before = [
    ['organizations', ['name', 'Film School']],
    ['group', numbered(groups, 'unique-identifier,name,organization', (n) => `G${n},Group ${n},Film School`)],
    [
      'section',
      numbered(
        sections,
        'unique-identifier,name,group-unique-identifier,end-date',
        (n) => `${sectionName(n)},Section ${n},G${Math.floor(n / sectionsPerGroup)},6/30/2099`,
      ),
    ],
  ] as const;
  const written: [string, string][] = [];
  for (const [kind, lines] of before) {
    await writePieces(file(`${kind}.csv`), inPieces(lines));
    written.push([kind, file(`${kind}.csv`)]);
  }
  const membersFile = file('section-members.csv');
  const changedFile = file('section-members-changed.csv');
  await writePieces(membersFile, inPieces(members(sections, patrons, seed, false)));
  await writePieces(changedFile, inPieces(members(sections, patrons, seed, true)));
  return {
    sections,
    memberRows: sections * membersPerSection,
    changedRows: Math.ceil(sections / changedEvery) * membersPerSection,
    before: written,
    membersFile,
    changedFile,
    membersBytes: (await stat(membersFile)).size,
  };
}

/** Person-IDs as `generateSchool` gives them to its patrons. */
const personId = (index: number) => `A-${100_000 + index}`;
const sectionName = (index: number) => `COURSE-${10_000 + index}-${'ABC'[index % 3]}`;

/**
 * Section by section, as registries export them. In a changed section one member has left for another, and all others
 * stay longer.
 */
function* members(sections: number, patrons: number, seed: number, changed: boolean): Generator<string> {
  const next = randomNumbers(seed);
  yield memberHeader;
  for (let section = 0; section < sections; section++) {
    const first = Math.floor(next() * patrons);
    const step = 1 + Math.floor(next() * Math.max(1, Math.floor(patrons / (membersPerSection + 1)) - 1));
    const moved = changed && section % changedEvery === 0;
    // Half of the sections leave the dates of membership to the section itself.
    const end = moved ? '7/31/2098' : section % 2 === 0 ? '6/30/2098' : '';
    const start = section % 2 === 0 ? '9/1/2025' : '';
    for (let member = 0; member < membersPerSection; member++) {
      const place = moved && member === 0 ? membersPerSection : member;
      yield `${sectionName(section)},${personId((first + place * step) % patrons)},${start},${end}`;
    }
  }
}

function* numbered(count: number, header: string, line: (n: number) => string): Generator<string> {
  yield header;
  for (let n = 0; n < count; n++) yield line(n);
}

function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = '';
  let count = 0;
  for (const line of lines) {
    piece += `${line}\n`;
    if (++count % linesPerPiece > 0) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
