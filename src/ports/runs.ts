import type { HoldReason } from '../domain/guard/hold-reasons.ts';
import type { RowNote, RunCounts } from '../domain/outcome.ts';
import type { Consequences } from '../domain/plan/consequences.ts';
import type { Channel } from './changes.ts';
import type { Page } from './patrons.ts';

/** Kinds of one file. */
export const fileKinds = [
  'patrons',
  'contacts',
  'organizations',
  'resource-types',
  'checkout-centers',
  'group',
  'section',
  'section-members',
  'authorization-set',
] as const;
export type FileKindName = (typeof fileKinds)[number];

/** Kinds of several files that are delivered, planned and applied as one. */
export const bundleKinds = ['webcheckout'] as const;
export type BundleKindName = (typeof bundleKinds)[number];

export const importKinds = [...fileKinds, ...bundleKinds] as const;
export type ImportKindName = FileKindName | BundleKindName;

export const runStates = ['received', 'running', 'held', 'applied', 'discarded', 'failed', 'undone'] as const;
export type RunState = (typeof runStates)[number];

/** A run in one of these waits its turn or is being done. */
export const unfinishedStates = ['received', 'running'] as const satisfies readonly RunState[];

export function isUnfinished({ state }: { readonly state: RunState }): boolean {
  return state === 'received' || state === 'running';
}

/** What was asked for. */
export interface RunRequest {
  readonly kind: ImportKindName;
  readonly mode: string;
  /** Kind-specific choices, e.g. the key column of a patrons file. */
  readonly options: Readonly<Record<string, string>>;
  readonly channel: Channel;
  /** Account that sent it. */
  readonly sender: string;
  readonly dryRun: boolean;
  readonly deliveryId: number | null;
  /** The run that this one takes back. */
  readonly undoes: number | null;
}

export interface Run extends RunRequest {
  readonly id: number;
  readonly state: RunState;
  readonly counts: RunCounts;
  /** Distinct subjects declared and applied, unchanged ones included (I5). */
  readonly subjects: number;
  /** Data rows of the file, blank lines left out. */
  readonly rowCount: number;
  /** Notes about the file as a whole. */
  readonly notes: readonly RowNote[];
  /** The files of a bundle, in the order in which they were planned; none of any other run. */
  readonly files: readonly RunFile[];
  readonly summary: string;
  readonly receivedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Why it failed, for people. */
  readonly failure: { readonly code: string; readonly detail: string } | null;
  readonly undoneBy: number | null;
  /** Why it is held or, once approved, was; for a dry run why it would be. */
  readonly heldFor: readonly HoldReason[];
  /** What its plan comes to for people; null where none was made. */
  readonly consequences: Consequences | null;
  /** Who approved the plan of a held run; null until then. */
  readonly approvedBy: string | null;
  /** How often processing was begun: a fence against a process that was taken over. */
  readonly attempt: number;
}

/** One file of a bundle. */
export interface RunFile {
  /** As it was sent. */
  readonly name: string;
  readonly kind: FileKindName;
  readonly counts: RunCounts;
  /** Data rows, blank lines left out. */
  readonly rowCount: number;
}

export interface RunReader {
  findById(id: number): Promise<Run | undefined>;
  list(filter: {
    state?: RunState;
    kind?: ImportKindName;
    page: number;
    pageSize: number;
  }): Promise<Page<Run>>;
  /** Runs still to be done, oldest first. */
  listUnfinished(): Promise<Run[]>;
  /** Undos of runs of the kinds that stand, newest first, but for those whose work was approved to be done again. */
  listOpenUndos(kinds: readonly ImportKindName[]): Promise<Run[]>;
  /** The newest run in flight with the same bytes, sender, kind, mode and options (S10). */
  findInFlight(request: RunRequest, sha256: string): Promise<Run | undefined>;
  /** The newest run that was asked for in just this way and stands applied. */
  findApplied(request: RunRequest): Promise<Run | undefined>;
}

export interface RunWriter {
  insert(request: RunRequest, receivedAt: number): Promise<number>;
  /** `received` or `running` → `running`, attempt + 1. False when the run is in neither state. */
  begin(id: number, at: number): Promise<number | false>;
  /**
   * Ends a run of the given attempt (0 before it was ever begun). False, and nothing written, when another process
   * has taken it over or it has ended already.
   */
  finish(id: number, attempt: number, end: RunEnd): Promise<boolean>;
  /** Gives an applied run new totals: for one that goes on while single writes are added to it. */
  extend(id: number, totals: RunFigures): Promise<void>;
  /** An applied run has been taken back by another. */
  markUndone(id: number, undoneBy: number): Promise<void>;
  /** `held` → `received`, to be planned afresh and applied; false when it is not held. */
  approve(id: number, approvedBy: string): Promise<boolean>;
  /** `held` → `discarded`; false when it is not held. */
  discard(id: number, at: number): Promise<boolean>;
  /** Discards the held runs of a kind and sender: a newer one takes their place (S10). */
  discardHeld(kind: ImportKindName, sender: string, at: number): Promise<void>;
}

export interface RunFigures {
  readonly counts: RunCounts;
  readonly subjects: number;
  readonly rowCount: number;
  readonly files?: Run['files'];
  readonly summary: string;
  readonly finishedAt: number;
  readonly consequences?: Run['consequences'];
}

export interface RunEnd extends RunFigures {
  readonly state: RunState;
  readonly notes: readonly RowNote[];
  readonly failure: Run['failure'];
  readonly heldFor?: Run['heldFor'];
}
