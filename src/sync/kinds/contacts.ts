import { contactColumns } from '../../domain/contact/contact-columns.ts';
import {
  contactRowParser,
  isDeclared,
  type DeclaredContact,
  type ParsedContactRow,
} from '../../domain/contact/parse-contact-row.ts';
import {
  removeImportedContacts,
  replaceContacts,
  type ContactImportMode,
} from '../../domain/contact/replace-contacts.ts';
import type { RowResult } from '../../domain/outcome.ts';
import type { PatronContacts } from '../../ports/contacts.ts';
import type { Run } from '../../ports/runs.ts';
import type { TenantReader } from '../../ports/tenant-store.ts';
import { matchHeader, type FileSpec } from '../file-spec.ts';
import type { SubjectToRead, ImportKind, PlanBatch, PlannedBatch, PreparedImport } from '../import-kind.ts';
import type { Partition } from '../scan/partition.ts';
import type { PlanScope } from '../plan-scope.ts';
import { Doubt } from './doubt.ts';
import { ContactBatch, type ReadSubject } from './contact-batch.ts';
import { nobody, PartDirectory } from './part-directory.ts';

const fileSpec: FileSpec = { kind: 'contacts', columns: contactColumns, unknownColumns: 'ignored' };

/** Contacts of patrons that exist already, in the columns of the Infiniti contacts file. */
export const contactsKind: ImportKind = {
  name: 'contacts',
  fileSpec,
  modes: [
    {
      name: 'replaceDeclaredPatrons',
      about: 'A patron named in the file has the contacts of the file and no others.',
    },
    {
      name: 'replaceDeclaredPatronsKeepCustomContacts',
      about: 'The same, but contacts made or changed by hand stay.',
    },
    { name: 'addOrUpdate', about: 'Adds and updates; removes nothing.' },
    {
      name: 'replaceAllPatrons',
      about:
        'The same as replaceDeclaredPatronsKeepCustomContacts, and patrons not in the file lose their imported contacts. Applied only after approval.',
      needsApproval: true, // I21
    },
  ],
  options: {},
  noun: ['patron', 'patrons'],
  of: 'Contacts',
  isFirstLoad: async (reader) => (await reader.contacts.listPatronsWithImported(0, 1)).length === 0,
  subjectColumns: (header) => [matchHeader(fileSpec, header).columns.get('username')!],
  prepare: (header, run, scope) => new PreparedContacts(header, run, scope),
};

/** Patrons asked for at once when looking for those that the file does not name. */
const omittedPerBatch = 1000;

class PreparedContacts implements PreparedImport {
  readonly notes;
  readonly planRest?: PreparedImport['planRest'];
  readonly #mode: ContactImportMode;
  readonly #parse: (cells: readonly string[], row: number) => ParsedContactRow;
  /** Patrons that some row names, for the mode that judges the others; not kept otherwise. */
  readonly #named: Set<number> | undefined;
  readonly #doubt: Doubt;
  readonly #usernameColumn: number;
  /** Where nearly everybody is looked up anyway. */
  #directory: PartDirectory | undefined;
  /** Some row may have meant any patron at all. */
  #someoneMeant = false;

  constructor(header: readonly string[], run: Run, { stray }: PlanScope) {
    const { columns, notes } = matchHeader(fileSpec, header);
    this.#usernameColumn = columns.get('username')!;
    this.notes = notes;
    this.#mode = run.mode as ContactImportMode;
    this.#parse = contactRowParser(columns, header);
    this.#doubt = new Doubt(stray, columns.get('contact')!);
    if (this.#mode === 'replaceAllPatrons') {
      this.#named = new Set();
      this.planRest = (reader) => this.#planOmitted(reader);
    }
  }

  async lookAhead(reader: TenantReader, partition: Partition, isNew: boolean): Promise<void> {
    // Places are those of one part alone.
    this.#directory = isNew ? await PartDirectory.read(reader, partition) : undefined;
  }

  get asksNothing(): boolean {
    return this.#directory?.isWhole ?? false;
  }

  async lookUp(reader: TenantReader, subjects: readonly SubjectToRead[]): Promise<PlanBatch> {
    const read = subjects.map((subject) => this.#read(subject));
    const standing = await this.#lookUp(reader, read);
    return (keeps) => Promise.resolve(this.#plan(read, standing, keeps));
  }

  /** What is stored of each subject, in their order; undefined where no patron is meant or there is none. */
  async #lookUp(
    reader: TenantReader,
    read: readonly ReadSubject[],
  ): Promise<readonly (PatronContacts | undefined)[]> {
    if (this.#directory !== undefined) {
      const places = read.map((subject) => (saysAnything(subject) ? subject.from.index : nobody));
      return await this.#directory.contactsOf(reader, places);
    }
    const keys = read.map((subject) => (saysAnything(subject) ? subject.from.key : ''));
    const stored = await reader.contacts.mapByUsername(keys.filter((key) => key !== ''));
    return keys.map((key) => stored.get(key));
  }

  unchanged(patronId: number): void {
    this.#named?.add(patronId);
  }

  #plan(
    read: readonly ReadSubject[],
    standing: readonly (PatronContacts | undefined)[],
    keeps: (row: RowResult) => boolean,
  ): PlannedBatch {
    const batch = new ContactBatch(keeps);
    const tellsPlain = keeps({ row: 0, outcome: 'created', notes: [] });
    for (const [place, subject] of read.entries()) {
      if (subject.unclear) this.#someoneMeant = true;
      const patron = standing[place];
      if (patron === undefined) {
        batch.addUnknown(subject);
        continue;
      }
      const { patronId, contacts } = patron;
      this.#named?.add(patronId);
      const plan = replaceContacts({
        mode: this.#mode,
        stored: contacts,
        declared: subject.declared,
        failedRows: subject.failed,
        doubted: this.#doubt.exists && this.#doubt.concerns(subject.from.key, contacts),
        tellsPlain,
      });
      batch.addDeclared({ patronId, before: contacts, plan }, subject);
    }
    return batch.planned();
  }

  #read(subject: SubjectToRead): ReadSubject {
    const { rows, failed: torn } = subject.decode();
    const declared: DeclaredContact[] = [];
    const failed: RowResult[] = [...torn];
    const ignored: RowResult[] = [];
    for (const { row, cells } of rows) {
      const parsed = this.#parse(cells, row);
      if (isDeclared(parsed)) declared.push(parsed);
      else if (parsed.outcome === 'ignored') ignored.push(parsed);
      else failed.push(parsed);
    }
    return {
      from: subject,
      unclear: torn.length > 0 || (!subject.named && declared.length + failed.length > 0),
      username: rows[0]?.cells[this.#usernameColumn]?.trim() ?? '',
      declared,
      failed,
      ignored,
    };
  }

  // I21: patrons that no row names lose what was imported; what a hand made stays.
  async *#planOmitted(reader: TenantReader): AsyncIterable<PlannedBatch> {
    // S5: a row that may have named anybody leaves nobody to be judged as left out.
    if (this.#someoneMeant) {
      yield { ...new ContactBatch().planned(), notes: [{ code: 'none-omitted' }] };
      return;
    }
    let after = 0;
    for (;;) {
      const ids = await reader.contacts.listPatronsWithImported(after, omittedPerBatch);
      if (ids.length === 0) return;
      after = ids.at(-1)!;
      const omitted = ids.filter((id) => !this.#named!.has(id));
      const stored = await reader.contacts.mapByPatron(omitted);
      const batch = new ContactBatch();
      for (const [patronId, before] of stored) {
        batch.add({ patronId, before, plan: removeImportedContacts(before) });
      }
      yield batch.planned();
    }
  }
}

/** Whether some patron is meant by rows that are not all to be ignored (I8). */
function saysAnything({ from, declared, failed }: ReadSubject): boolean {
  return from.named && declared.length + failed.length > 0;
}
