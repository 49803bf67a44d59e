import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * An invented school as files: the patrons, their contacts, and the contacts again with one patron in a hundred
 * changed. The same seed and size give the same bytes.
 */
export interface School {
  readonly patrons: number;
  readonly contactRows: number;
  readonly changedPatrons: number;
  readonly patronsFile: string;
  readonly contactsFile: string;
  readonly changedFile: string;
  readonly contactsBytes: number;
}

const patronsHeader = 'username,barcode,externalid,firstname,surname,classgrade,room,role\n';
const firstNames =
  'Amelia Ben Chloë Dmitri Eleni Farah Grace Hamish Ingrid José Kwame Łucja Mei Noor Oscar Priya Quinn Renée Samir Tamsin Umar Violet William Ximena Yusuf Zoë'.split(
    ' ',
  );
const surnames =
  "Abbott Bianchi Carter Dvořák Evans Fraser García Hughes Ibrahim Jones Kowalski Lindström Murray Nguyen O'Brien Papadopoulos Quirke Robinson Singh Taylor Underwood Vasquez Walker Xu Young Zielińska".split(
    ' ',
  );
const guardianScenarios = [
  'OVERDUE_ESCALATION_ONE;OVERDUE_ESCALATION_TWO;OVERDUE_ESCALATION_THREE',
  'OVERDUE;OVERDUE_ESCALATION_ONE',
  'ANY',
  'RESERVATION_PICKUP;OVERDUE',
];
const contactsHeader = 'username,type,role,primary,addressee,contact,bcc,sms,scenarios\n';
const linesPerPiece = 2_000;
const changedEvery = 100;

/** Writes the patrons file alone; gives its path. */
export async function generatePatrons(dir: string, patrons: number, seed: number): Promise<string> {
  const path = join(dir, 'patrons.csv');
  await writePieces(path, lines(patronsHeader, people(patrons, seed), patronLine));
  return path;
}

/** Writes the files of a school of `patrons` patrons into `dir`, piece by piece; five contact rows for two patrons. */
export async function generateSchool(dir: string, patrons: number, seed: number): Promise<School> {
  const file = (name: string) => join(dir, name);
  const contactsFile = file('contacts.csv');
  const changedFile = file('contacts-changed.csv');
  const patronsFile = await generatePatrons(dir, patrons, seed);
  await writePieces(contactsFile, lines(contactsHeader, people(patrons, seed), contactLines));
  await writePieces(
    changedFile,
    lines(contactsHeader, people(patrons, seed), (person) =>
      contactLines(person.index % changedEvery === 0 ? { ...person, guardianHost: 'moved.example' } : person),
    ),
  );
  return {
    patrons,
    contactRows: patrons * 2 + Math.ceil(patrons / 2),
    changedPatrons: Math.ceil(patrons / changedEvery),
    patronsFile,
    contactsFile,
    changedFile,
    contactsBytes: (await stat(contactsFile)).size,
  };
}

/** One patron of a directory, as far as it is looked for. */
export type Someone = Pick<Person, 'index' | 'username' | 'firstname' | 'surname'>;

/** Writes `patrons.csv` alone, with everybody's own e-mail. */
export function generateDirectory(file: string, patrons: number, seed: number): Promise<void> {
  const header = `${patronsHeader.trimEnd()},email\n`;
  return writePieces(
    file,
    lines(header, people(patrons, seed), (person) => `${patronLine(person).trimEnd()},${emailOf(person)}\n`),
  );
}

/** Writes contacts of the first `patrons` patrons; their guardians' addresses end in `guardianHost`. */
export function generateContacts(
  file: string,
  patrons: number,
  seed: number,
  guardianHost: string,
): Promise<void> {
  return writePieces(
    file,
    lines(contactsHeader, people(patrons, seed), (person) => contactLines({ ...person, guardianHost })),
  );
}

/** Everybody of a school, in the order of the files. */
export function generatePeople(patrons: number, seed: number): Someone[] {
  return Array.from(people(patrons, seed), ({ index, username, firstname, surname }) => ({
    index,
    username,
    firstname,
    surname,
  }));
}

export const barcodeOf = ({ index }: Someone) => `29${String(index).padStart(8, '0')}`;
export const externalIdOf = ({ index }: Someone) => `A-${100_000 + index}`;
export const emailOf = ({ username }: Someone) => `${username}@students.example`;

interface Person {
  readonly index: number;
  readonly username: string;
  readonly firstname: string;
  readonly surname: string;
  readonly guardian: string;
  readonly guardianHost: string;
  readonly guardianScenarios: string;
  readonly phone: string;
}

function* people(count: number, seed: number): Generator<Person> {
  const next = randomNumbers(seed);
  const pick = (from: readonly string[]) => from[Math.floor(next() * from.length)]!;
  for (let index = 0; index < count; index++) {
    const firstname = pick(firstNames);
    const surname = pick(surnames);
    yield {
      index,
      username: `${plain(firstname).slice(0, 1)}${plain(surname).slice(0, 9)}${index}`,
      firstname,
      surname,
      guardian: `${pick(firstNames)} ${surname}`,
      guardianHost: 'family.example',
      guardianScenarios: pick(guardianScenarios),
      phone: `0${Math.floor(1e8 + next() * 9e8)}`,
    };
  }
}

function patronLine(person: Person): string {
  const { index, username, firstname, surname } = person;
  const grade = 7 + (index % 6);
  return `${username},${barcodeOf(person)},${externalIdOf(person)},${firstname},${surname},${grade}${'ABCD'[index % 4]},R${index % 60},STUDENT\n`;
}

function contactLines(person: Person): string {
  const { index, username, guardian, guardianHost } = person;
  const own = `${username},EMAIL,PATRON,TRUE,,${emailOf(person)},,,ANY\n`;
  // One addressee in eight is written surname first, so in quotes.
  const addressee = index % 8 === 0 ? `"${guardian.split(' ').reverse().join(', ')}"` : guardian;
  const theirs = `${username},EMAIL,GUARDIAN,FALSE,${addressee},guardian.${username}@${guardianHost},${index % 10 === 0 ? 'TRUE' : ''},,${person.guardianScenarios}\n`;
  if (index % 2 === 1) return own + theirs;
  return `${own}${theirs}${username},PHONE,GUARDIAN,TRUE,${addressee},${person.phone},,TRUE,ANY\n`;
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();
}

function* lines(
  header: string,
  people: Iterable<Person>,
  lineOf: (person: Person) => string,
): Generator<string> {
  let piece = header;
  let count = 0;
  for (const person of people) {
    piece += lineOf(person);
    if (++count % linesPerPiece > 0) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

export async function writePieces(path: string, pieces: Iterable<string>): Promise<void> {
  await pipeline(Readable.from(pieces), createWriteStream(path, { flags: 'wx' }));
}

/** Mulberry32: small, good enough for names, and the same on every machine. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
