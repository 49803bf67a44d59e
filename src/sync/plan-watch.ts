import { holdReasons, type HoldReason } from '../domain/guard/hold-reasons.ts';
import { ConsequenceTally, type Consequences } from '../domain/plan/consequences.ts';
import type { PatronChange } from '../domain/plan/patron-change.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantSettings } from '../ports/settings.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { needsApproval, type ImportKind, type PlannedBatch, type RunTotals } from './import-kind.ts';
import { RedoWatch } from './redo-watch.ts';

/** What the guard knows of the directory before anything of the plan is written. */
interface Standing {
  readonly settings: TenantSettings;
  readonly firstLoad: boolean;
  readonly patronsActive: number;
}

/**
 * Looks on while a plan is made: adds up what it comes to for people, and tells in the end why it must be looked
 * at before it is applied (S10). Opened before the first batch is written, since a plan that is made while it is
 * written changes what it is measured by.
 */
export class PlanWatch {
  readonly #kind: ImportKind;
  readonly #run: Run;
  readonly #standing: Standing;
  readonly #redo: RedoWatch;
  readonly #tally = new ConsequenceTally();

  private constructor(kind: ImportKind, run: Run, standing: Standing, redo: RedoWatch) {
    this.#kind = kind;
    this.#run = run;
    this.#standing = standing;
    this.#redo = redo;
  }

  static async open(reader: TenantReader, kind: ImportKind, run: Run): Promise<PlanWatch> {
    const settings = await reader.settings.get();
    const firstLoad = await kind.isFirstLoad(reader);
    const redo = await RedoWatch.open(reader, run.kind, settings.holdAfterUndo && !firstLoad);
    const counted = run.kind === 'patrons' && run.mode === 'full';
    const patronsActive = counted ? await reader.patrons.count('ACTIVE') : 0;
    return new PlanWatch(kind, run, { settings, firstLoad, patronsActive }, redo);
  }

  /** Adds a batch that is not written yet; gives which of its changes take something from somebody. */
  async see(reader: TenantReader, { changes }: Pick<PlannedBatch, 'changes'>): Promise<SeenChange[]> {
    const seen = changes.map((change) => ({ change, loses: this.#tally.add(change) }));
    await this.#redo.see(reader, changes);
    return seen;
  }

  get consequences(): Consequences {
    return this.#tally.total;
  }

  /** Why the whole plan must be looked at first; none where it may be applied unseen. */
  reasons({ counts, contactsStanding }: RunTotals): HoldReason[] {
    const { settings, firstLoad, patronsActive } = this.#standing;
    return holdReasons(settings.changeThresholds, {
      kind: this.#run.kind,
      mode: this.#run.mode,
      firstLoad,
      modeShownFirst: needsApproval(this.#kind, this.#run),
      patronsInactivated: this.#tally.total.patrons.inactivated,
      patronsActive,
      contactsCreated: counts.created,
      contactsRemoved: counts.removed,
      contactsStanding,
      redone: this.#redo.found,
    });
  }
}

/** A change of a plan, and whether anybody loses by it. */
export interface SeenChange {
  readonly change: PatronChange;
  readonly loses: boolean;
}
