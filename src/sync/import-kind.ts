import type { PatronChange } from '../domain/plan/patron-change.ts';
import type { RowNote, RowResult, RunCounts } from '../domain/outcome.ts';
import type { Actor } from '../ports/changes.ts';
import type { ImportKindName, Run } from '../ports/runs.ts';
import type { TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import type { FileSpec } from './file-spec.ts';
import type { StrayRows } from './scan/stray-rows.ts';

/** A mode of an import, in the words of requests and documents. */
export interface ImportMode {
  readonly name: string;
  readonly about: string;
  /** Always shown as a plan first, and applied only once somebody approves it (I21). */
  readonly needsApproval?: boolean;
}

/**
 * One kind of file: which columns it has, how its rows become a plan by the pure rules of `domain/`, and
 * how that plan is written. The engine in `run-import.ts` knows nothing else of it.
 */
export interface ImportKind {
  readonly name: ImportKindName;
  readonly fileSpec: FileSpec;
  /** The first is the default. */
  readonly modes: readonly ImportMode[];
  /** Values each option may have; the first is the default. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** Whether nothing of this kind is there yet: then nearly every row changes something. */
  isFirstLoad(reader: TenantReader): Promise<boolean>;
  /**
   * Reads the header of one file; `MusterError('file-refused')` when it cannot be right. The result holds what
   * must be remembered from one batch to the next, so each pass over a file prepares afresh. `seesItsWrites`:
   * each batch is written before the next one is planned, so what is stored tells what earlier rows did.
   * `stray`: the rows of the whole file that do not surely say what they are about (S5).
   */
  prepare(header: readonly string[], run: Run, seesItsWrites: boolean, stray: StrayRows): PreparedImport;
}

export interface PreparedImport {
  /** Places of the cells that say what a row is about. */
  readonly subjectColumns: readonly number[];
  /** Notes about the file as a whole. */
  readonly notes: readonly RowNote[];
  /**
   * Reads the rows of a batch of subjects and asks what is stored of them. Batches are looked up in the order of
   * the file, some ahead of the one that is being planned: whatever earlier batches may yet write to *other*
   * subjects must be asked for by the planning itself.
   */
  lookUp(reader: TenantReader, subjects: readonly DecodedSubject[]): Promise<PlanBatch>;
  /** Told of a patron whose rows say what they said at the last clean import; they are not looked up. */
  unchanged?(patronId: number): void;
  /**
   * What can only be judged once the whole file was read: keys that pass between far-off rows, and what the
   * file's silence means. Called once; `soFar` counts every batch before the next one is asked for.
   */
  planRest?(reader: TenantReader, soFar: RunTotals): AsyncIterable<PlannedBatch>;
}

/** Plans a batch that was looked up, by reading only. Rows that `keeps` does not want need not be in the batch. */
export type PlanBatch = (keeps: (row: RowResult) => boolean) => Promise<PlannedBatch>;

/** The rows of one subject, cells as they stand; `failed` holds rows that could not even be told apart. */
export interface DecodedSubject {
  /** Its place in the partition. */
  readonly index: number;
  readonly key: string;
  readonly rows: readonly { readonly row: number; readonly cells: readonly string[] }[];
  readonly failed: readonly RowResult[];
}

/** What is to be done for some subjects, and how to do it. */
export interface PlannedBatch {
  readonly rows: readonly (RowResult & { readonly patronId: number | null })[];
  /** Subjects declared and applied, unchanged ones included. */
  readonly subjects: number;
  readonly counts: RunCounts;
  /** Notes about the file as a whole that planning brought up. */
  readonly notes?: readonly RowNote[];
  /** How many records `apply` writes: the measure of what a plan weighs in memory. */
  readonly weight: number;
  /** Subjects about whose rows nothing at all is to be said, by their `index`: the same rows need no second look. */
  readonly clean: readonly { readonly index: number; readonly patronId: number }[];
  /** What `apply` writes, patron by patron. */
  readonly changes: readonly PatronChange[];
  /**
   * Contacts that the patrons have whom the batch declares or takes contacts from, before any change. Of those
   * that the fingerprints settle as many are counted as they have rows.
   */
  readonly contactsStanding: number;
  /** Gives the ids of the patrons of `changes`, in their order. */
  readonly apply: (tx: TenantTransactor, context: ApplyContext) => Promise<readonly number[]>;
}

export interface ApplyContext {
  /** The kind whose import writes, unless it writes to what its file does not name. */
  readonly importing: ImportKindName | undefined;
  readonly runId: number;
  readonly at: number;
  readonly actor: Actor;
}

/** The sum over the batches of a run. */
export interface RunTotals {
  counts: RunCounts;
  subjects: number;
  rowCount: number;
  notes: RowNote[];
  contactsStanding: number;
}

/** Whether a run of this mode is shown first, whatever it would do (I21). */
export function needsApproval(kind: ImportKind, run: Pick<Run, 'mode'>): boolean {
  return kind.modes.some((mode) => mode.name === run.mode && mode.needsApproval === true);
}
