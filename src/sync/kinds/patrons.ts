import { setPatronEmail } from '../../domain/contact/patron-email.ts';
import type { RowNote, RowResult } from '../../domain/outcome.ts';
import { findClashes, keyClaim, type KeyClaim, type KeyOwnerOf } from '../../domain/patron/key-clashes.ts';
import { mergePatron } from '../../domain/patron/merge-patron.ts';
import { patronColumns, type PatronColumn } from '../../domain/patron/patron-columns.ts';
import { resolvePatronHeader } from '../../domain/patron/patron-header.ts';
import { patronRowParser, type PatronRow } from '../../domain/patron/patron-row.ts';
import { keyFields, type KeyField, type PatronValues } from '../../domain/patron/patron.ts';
import type { StoredContact } from '../../ports/contacts.ts';
import type { StoredPatron } from '../../ports/patrons.ts';
import type { Run } from '../../ports/runs.ts';
import type { TenantReader } from '../../ports/tenant-store.ts';
import type { FileSpec } from '../file-spec.ts';
import type {
  SubjectToRead,
  ImportKind,
  PlanBatch,
  PlannedBatch,
  PreparedImport,
  FileTotals,
} from '../import-kind.ts';
import { KeyMoves } from './key-moves.ts';
import { KeysSeen } from './keys-seen.ts';
import { PatronBatch, type DeclaredSubject, type WantedPatron } from './patron-batch.ts';

const fileSpec: FileSpec = { kind: 'patrons', columns: patronColumns, unknownColumns: 'ignored' };

/** The patrons themselves, from our own patrons.csv (M1 – M3). */
export const patronsKind: ImportKind = {
  name: 'patrons',
  fileSpec,
  modes: [
    { name: 'addOrUpdate', about: 'Adds and updates patrons; leaves those not in the file alone.' },
    { name: 'full', about: 'The same, and patrons not in the file become inactive.' },
  ],
  options: { key: keyFields },
  noun: ['patron', 'patrons'],
  isFirstLoad: async (reader) => (await reader.patrons.listAfter(0, 1)).length === 0,
  subjectColumns: (header, run) => {
    const key = keyFieldOf(run);
    return [resolvePatronHeader(header, key).columns.get(key)!];
  },
  prepare: (header, run, { seesItsWrites }) => new PreparedPatrons(header, run, seesItsWrites),
};

function keyFieldOf({ options }: Pick<Run, 'options'>): KeyField {
  return (options['key'] ?? 'username') as KeyField;
}

const noPatrons: ReadonlyMap<string, StoredPatron> = new Map();

/** Patrons asked for at once when looking for those that the file does not name. */
const omittedPerBatch = 2000;

class PreparedPatrons implements PreparedImport {
  readonly notes;
  readonly #run: Run;
  readonly #keyField: KeyField;
  readonly #full: boolean;
  readonly #columns: ReadonlyMap<PatronColumn, number>;
  readonly #parse: (cells: readonly string[], row: number) => PatronRow;
  readonly #named = new Set<number>();
  readonly #keyMoves: KeyMoves;
  #keysSeen: KeysSeen | undefined;
  /** Whether no patron at all was stored when the file began. */
  #nobodyStored: boolean | undefined;
  #newId = -1;
  /** Rows that want a key of a patron which a later row may yet take it from. */
  readonly #waiting: WantedPatron[] = [];

  constructor(header: readonly string[], run: Run, seesItsWrites: boolean) {
    this.#run = run;
    this.#keyMoves = new KeyMoves(seesItsWrites);
    this.#keyField = keyFieldOf(run);
    this.#full = run.mode === 'full';
    const { columns, notes } = resolvePatronHeader(header, this.#keyField);
    this.#columns = columns;
    this.notes = notes;
    this.#parse = patronRowParser(columns, this.#keyField, header);
  }

  async lookAhead(reader: TenantReader): Promise<void> {
    this.#nobodyStored ??= await patronsKind.isFirstLoad(reader);
  }

  get asksNothing(): boolean {
    return this.#nobodyStored === true;
  }

  async lookUp(reader: TenantReader, subjects: readonly SubjectToRead[]): Promise<PlanBatch> {
    const moved = this.#keyMoves.follow();
    // Nobody is asked for where there can be nobody: each key of the key column stands for one subject alone.
    const nobodyStored = this.#nobodyStored === true;
    const stored = nobodyStored ? noPatrons : await this.#stored(reader, subjects);
    // M3: a patron whose row failed is in the file all the same.
    for (const patron of stored.values()) this.#named.add(patron.id);
    const contacts =
      this.#columns.has('email') && stored.size > 0
        ? await reader.contacts.mapByPatron([...stored.values()].map(({ id }) => id))
        : new Map<number, readonly StoredContact[]>();
    const batch = new PatronBatch();
    const wanted: WantedPatron[] = [];
    for (const subject of subjects) {
      const patron = nobodyStored ? undefined : stored.get(subject.key);
      const declared = this.#read(subject, patron, batch);
      if (declared !== undefined) wanted.push(this.#want(declared, patron, contacts));
    }
    const claims = claimsOf(wanted);
    // S4: a key that only this file can have given to somebody clashes only if an earlier row wanted it.
    const mayClash = !nobodyStored || this.#wantsAgain(claims);
    const owners = mayClash ? await this.#owners(reader, claims) : undefined;
    return (keeps) => {
      const clashes = owners && findClashes(claims, (field, folded) => moved.ownerOf(field, folded, owners));
      for (const one of wanted) {
        if (clashes?.has(one.claim.id)) this.#waiting.push(one);
        else this.#accept(one, batch, keeps);
      }
      this.#keyMoves.nextBatch();
      return Promise.resolve(batch.planned());
    };
  }

  unchanged(patronId: number): void {
    this.#named.add(patronId);
  }

  async *planRest(reader: TenantReader, soFar: FileTotals): AsyncIterable<PlannedBatch> {
    if (this.#waiting.length > 0) yield await this.#planWaiting(reader);
    if (this.#full) yield* this.#planOmitted(reader, soFar);
  }

  // S4: by now every other row has given up or kept its keys, so what clashes still does clash.
  async #planWaiting(reader: TenantReader): Promise<PlannedBatch> {
    const batch = new PatronBatch();
    const moved = this.#keyMoves.follow();
    const claims = claimsOf(this.#waiting);
    const owners = await this.#owners(reader, claims);
    const clashes = findClashes(claims, (field, folded) => moved.ownerOf(field, folded, owners));
    for (const one of this.#waiting) {
      const notes = clashes.get(one.claim.id);
      if (notes) batch.fail({ row: one.row, outcome: 'failed', notes }, one.before?.id ?? null);
      else this.#accept(one, batch, () => true);
    }
    return batch.planned();
  }

  #accept(wanted: WantedPatron, batch: PatronBatch, keeps: (row: RowResult) => boolean): void {
    this.#keyMoves.remember(wanted.claim);
    batch.add(wanted, keeps);
  }

  /** The patrons that the subjects are about, by the folded key. */
  #stored(reader: TenantReader, subjects: readonly SubjectToRead[]): Promise<Map<string, StoredPatron>> {
    return reader.patrons.mapByKey(
      this.#keyField,
      subjects.map(({ key }) => key).filter((key) => key !== ''),
    );
  }

  /** Notes the keys that are wanted anew; whether one of them may have been wanted before. */
  #wantsAgain(claims: readonly KeyClaim[]): boolean {
    this.#keysSeen ??= new KeysSeen();
    let again = false;
    for (const { wants } of claims) {
      for (const field of keyFields) {
        const key = wants[field];
        if (field === this.#keyField || key === null) continue;
        if (this.#keysSeen.add(field, key)) again = true;
      }
    }
    return again;
  }

  /**
   * The one declaration of a subject; a subject declared twice is not guessed at. Failed rows are noted with the
   * patron they name, so that they are found, and forgotten, with it.
   */
  #read(
    subject: SubjectToRead,
    stored: StoredPatron | undefined,
    batch: PatronBatch,
  ): DeclaredSubject | undefined {
    const patronId = stored?.id ?? null;
    const { index } = subject;
    const { rows, failed } = subject.decode();
    const alone = rows.length === 1 && failed.length === 0;
    for (const row of failed) batch.fail(row, patronId);
    const good: DeclaredSubject[] = [];
    for (const { row, cells } of rows) {
      const parsed = this.#parse(cells, row);
      if ('failed' in parsed) batch.fail(parsed.failed, patronId);
      else if (alone) return { index, alone, row, declared: parsed.declared };
      else good.push({ index, alone, row, declared: parsed.declared });
    }
    const [first, ...more] = good;
    const said = JSON.stringify(first?.declared);
    if (more.every(({ declared }) => JSON.stringify(declared) === said)) {
      batch.repeated(more);
      return first;
    }
    for (const { row, declared } of good) {
      const other = good.find((one) => one.row !== row)!;
      const value = declared[this.#keyField] ?? '';
      const note: RowNote = {
        code: 'key-repeated',
        column: this.#keyField,
        value,
        suggestion: String(other.row),
      };
      batch.fail({ row, outcome: 'failed', notes: [note] }, patronId);
    }
    return undefined;
  }

  #want(
    subject: DeclaredSubject,
    stored: StoredPatron | undefined,
    contacts: ReadonlyMap<number, readonly StoredContact[]>,
  ): WantedPatron {
    const { declared } = subject;
    const { email } = declared;
    const standing = contacts.get(stored?.id ?? 0) ?? [];
    // The key found the patron; how the file spells it (case, form) is not a change of name.
    const kept = stored ? { ...declared, [this.#keyField]: stored[this.#keyField] } : declared;
    const after = mergePatron(stored, kept, this.#full);
    return {
      subject,
      // New patrons are told apart by negative numbers until they are stored.
      claim: keyClaim<PatronValues>(stored?.id ?? this.#newId--, stored, after),
      row: subject.row,
      before: stored,
      // S2: an e-mail in the file is the patron's EMAIL contact; blank or missing leaves it alone (M1).
      email: email === undefined ? undefined : { before: standing, plan: setPatronEmail(standing, email) },
    };
  }

  /** The stored patrons that have any key some claim wants anew. */
  async #owners(reader: TenantReader, claims: readonly KeyClaim[]): Promise<KeyOwnerOf> {
    const stored = {} as Record<KeyField, Map<string, StoredPatron>>;
    for (const field of keyFields) {
      // The key column found nobody for a new patron and is never changed for a stored one.
      const keys = (field === this.#keyField ? [] : claims)
        .map(({ had, wants }) => (wants[field] === had?.[field] ? null : wants[field]))
        .filter((key) => key !== null);
      stored[field] = keys.length === 0 ? new Map() : await reader.patrons.mapByKey(field, keys);
    }
    return (field, folded) => stored[field].get(folded);
  }

  // M3: patrons not in the file become inactive, and none at all when any row failed. S5: a file without a
  // row says nothing of anybody; it is what an export that broke looks like.
  async *#planOmitted(reader: TenantReader, soFar: FileTotals): AsyncIterable<PlannedBatch> {
    if (soFar.counts.failed > 0) {
      yield { ...new PatronBatch().planned(), notes: [{ code: 'none-inactivated' }] };
      return;
    }
    if (soFar.rowCount === 0) {
      yield { ...new PatronBatch().planned(), notes: [{ code: 'file-without-rows' }] };
      return;
    }
    let after = 0;
    for (;;) {
      const patrons = await reader.patrons.listAfter(after, omittedPerBatch);
      if (patrons.length === 0) return;
      after = patrons.at(-1)!.id;
      const batch = new PatronBatch();
      for (const patron of patrons) {
        // A plan made while it is written meets the patrons that the file has just brought.
        const named = this.#named.has(patron.id) || patron.createdRun === this.#run.id;
        if (patron.status === 'ACTIVE' && !named) batch.inactivate(patron);
      }
      yield batch.planned();
    }
  }
}

/** The keys that patrons want anew; who keeps all of theirs takes none from anybody. */
function claimsOf(wanted: readonly WantedPatron[]): KeyClaim[] {
  return wanted
    .map(({ claim }) => claim)
    .filter(({ before, after }) => !before || keyFields.some((field) => before[field] !== after[field]));
}
