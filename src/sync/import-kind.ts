import type { PlannedIds } from '../directory/planned-ids.ts';
import type { PlanChange } from '../domain/plan/plan-change.ts';
import type { StatusOf } from '../domain/plan/record-change.ts';
import type { RowNote, RowResult, RunCounts } from '../domain/outcome.ts';
import type { RecordEntity } from '../domain/records.ts';
import type { Actor } from '../ports/changes.ts';
import type { FileKindName, Run } from '../ports/runs.ts';
import type { TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import type { FileSpec } from './file-spec.ts';
import type { PlanScope } from './plan-scope.ts';
import type { ScanLimits } from './scan/limits.ts';
import type { Partition } from './scan/partition.ts';

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
  readonly name: FileKindName;
  readonly fileSpec: FileSpec;
  /** The first is the default, and what a file of the kind is imported by in a delivery of several. */
  readonly modes: readonly ImportMode[];
  /** Values each option may have; the first is the default. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** What its subjects are called in summaries. */
  readonly noun: readonly [one: string, many: string];
  /** What of them is counted, where it is not they themselves: `Contacts`, `Members`. */
  readonly of?: string;
  /** Records that its rows name: those of the same delivery are remembered until this kind is planned. */
  readonly names?: readonly RecordEntity[];
  /** Where its cells and rows may be larger than those of others. */
  readonly limits?: Partial<ScanLimits>;
  /** W18: whoever may manage group authorizations may send it; where is judged row by row. Others need an administrator. */
  readonly forOperators?: boolean;
  /** Whether two subjects differ where their keys differ in case alone (W8, W15). */
  readonly exactKeys?: boolean;
  /** Whether nothing of this kind is there yet: then nearly every row changes something. */
  isFirstLoad(reader: TenantReader): Promise<boolean>;
  /**
   * Places of the cells that say what a row is about; `MusterError('file-refused')` when the header cannot be
   * right.
   */
  subjectColumns(header: readonly string[], run: Pick<Run, 'options'>): readonly number[];
  /**
   * Makes ready for one file with that header; refuses as `subjectColumns` does. The result holds what must be
   * remembered from one batch to the next, so each pass over a file prepares afresh.
   */
  prepare(header: readonly string[], run: Run, scope: PlanScope): PreparedImport;
}

export interface PreparedImport {
  /** Whatever else than header, mode and options the rows mean the same under: fingerprints hold for it alone. */
  readonly context?: string;
  /** False where what was remembered of another sender's rows must not be taken for what this one's come to. */
  readonly remembers?: boolean;
  /** Notes about the file as a whole. */
  readonly notes: readonly RowNote[];
  /**
   * Reads the rows of a batch of subjects and asks what is stored of them. Batches are looked up in the order of
   * the file, some ahead of the one that is being planned: whatever earlier batches may yet write to *other*
   * subjects must be asked for by the planning itself.
   */
  lookUp(reader: TenantReader, subjects: readonly SubjectToRead[]): Promise<PlanBatch>;
  /**
   * Told of each part of the file before any of its subjects is looked up: what is better asked at once than batch by
   * batch may be asked here. `isNew`: nothing is remembered of the part, so that all of it will be looked up.
   */
  lookAhead?(reader: TenantReader, partition: Partition, isNew: boolean): Promise<void>;
  /** Whether, as far as was seen by `lookAhead`, batches are looked up without asking: then none is looked up ahead. */
  readonly asksNothing?: boolean;
  /** Told of a subject whose rows say what they said at the last clean import; they are not looked up. */
  unchanged?(subjectId: number): void;
  /**
   * What can only be judged once the whole file was read: keys that pass between far-off rows, and what the
   * file's silence means. Called once; `soFar` counts every batch before the next one is asked for.
   */
  planRest?(reader: TenantReader, soFar: FileTotals): AsyncIterable<PlannedBatch>;
}

/** Plans a batch that was looked up, by reading only. Rows that `keeps` does not want need not be in the batch. */
export type PlanBatch = (keeps: (row: RowResult) => boolean) => Promise<PlannedBatch>;

/** Whom or what some rows are about. */
export interface SubjectToRead {
  /** Its place in the partition. */
  readonly index: number;
  /** Whether its key is not blank. */
  readonly named: boolean;
  /** Made anew each time it is asked for. */
  readonly key: string;
  /** Reads its rows, each time anew: cells are best let go of before those of the next subject are read. */
  decode(): DecodedRows;
}

/** The rows of one subject, cells as they stand; `failed` holds rows that could not even be told apart. */
export interface DecodedRows {
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
  /**
   * Subjects about whose rows nothing at all is to be said, by their `index`: the same rows need no second look.
   * `subjectId`: what the kind's fingerprints speak of (`subjectOfKind`); negative where the plan makes it.
   */
  readonly clean: readonly { readonly index: number; readonly subjectId: number }[];
  /** What `apply` writes, subject by subject. */
  readonly changes: readonly PlanChange[];
  /**
   * What the subjects have before any change that a loss is measured by: contacts of the patrons whom the batch
   * declares or takes contacts from, active members of the sections it names. Of subjects that the fingerprints
   * settle as many are counted as they have rows.
   */
  readonly standing: number;
  /** Gives the ids of the subjects of `changes`, in their order. */
  readonly apply: (tx: TenantTransactor, context: ApplyContext) => Promise<readonly number[]>;
}

export interface ApplyContext {
  /** The kind whose import writes, unless it writes to what its file does not name. */
  readonly importing: FileKindName | undefined;
  readonly runId: number;
  readonly at: number;
  readonly actor: Actor;
  readonly statusOf: StatusOf;
  /** Of what the run has made so far. */
  readonly ids: PlannedIds;
}

/** The sum over the batches of one file. */
export interface FileTotals {
  counts: RunCounts;
  subjects: number;
  rowCount: number;
  notes: RowNote[];
  standing: number;
}

/** Whether a run of this mode is shown first, whatever it would do (I21). */
export function needsApproval(kind: ImportKind, run: Pick<Run, 'mode'>): boolean {
  return kind.modes.some((mode) => mode.name === run.mode && mode.needsApproval === true);
}
