import { createHash } from 'node:crypto';
import type { TenantReader } from '../../src/ports/tenant-store.ts';

/** A generated file, with what it does to a directory in the simplest words there are. */
export interface ModelFile {
  readonly kind: 'patrons' | 'contacts';
  readonly csv: string;
  readonly sha256: string;
  apply(directory: ModelDirectory): void;
}

interface ModelPatron {
  firstname: string;
  classgrade: string;
  contacts: readonly string[];
}

/** What ought to be stored, by username. */
export type ModelDirectory = Map<string, ModelPatron>;

/** A patrons file: each username gets this first name and class. */
export function patronsFile(usernames: readonly string[], firstname: string, classgrade: string): ModelFile {
  const rows = usernames.map((username) => `${username},${firstname},${classgrade}\n`);
  return modelFile('patrons', `username,firstname,classgrade\n${rows.join('')}`, (directory) => {
    for (const username of usernames) {
      const contacts = directory.get(username)?.contacts ?? [];
      directory.set(username, { firstname, classgrade, contacts });
    }
  });
}

/** A contacts file in mode replaceDeclaredPatrons: each username has these e-mails and no others. */
export function contactsFile(emailsOf: ReadonlyMap<string, readonly string[]>): ModelFile {
  const rows: string[] = [];
  for (const [username, emails] of emailsOf) {
    for (const email of emails) rows.push(`${username},EMAIL,GUARDIAN,${email}\n`);
  }
  return modelFile('contacts', `username,type,role,contact\n${rows.join('')}`, (directory) => {
    for (const [username, emails] of emailsOf) {
      directory.set(username, { ...directory.get(username)!, contacts: emails.toSorted() });
    }
  });
}

function modelFile(
  kind: ModelFile['kind'],
  csv: string,
  apply: (directory: ModelDirectory) => void,
): ModelFile {
  return { kind, csv, sha256: createHash('sha256').update(csv).digest('hex'), apply };
}

const patronsPerRead = 2000;

/** What is stored, in the model's words. */
export async function storedDirectory(reader: TenantReader): Promise<ModelDirectory> {
  const directory: ModelDirectory = new Map();
  for (let after = 0; ;) {
    const patrons = await reader.patrons.listAfter(after, patronsPerRead);
    if (patrons.length === 0) return directory;
    after = patrons.at(-1)!.id;
    const contacts = await reader.contacts.mapByPatron(patrons.map(({ id }) => id));
    for (const { id, username, firstname, classgrade } of patrons) {
      const emails = (contacts.get(id) ?? []).map(({ contact }) => contact).toSorted();
      directory.set(username, { firstname, classgrade, contacts: emails });
    }
  }
}

/** One line a patron, to be compared as a whole and shown where it differs. */
export function asLines(directory: ModelDirectory): string[] {
  return [...directory]
    .map(
      ([username, said]) => `${username}: ${said.firstname}, ${said.classgrade}: ${said.contacts.join(' ')}`,
    )
    .sort();
}
