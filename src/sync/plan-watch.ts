import type { AccessConsequences } from '../domain/plan/access-consequences.ts';
import { isBeyond } from '../domain/guard/change-threshold.ts';
import { holdReasons, type HoldReason } from '../domain/guard/hold-reasons.ts';
import { ConsequenceTally, type Consequences } from '../domain/plan/consequences.ts';
import type { PlanChange } from '../domain/plan/plan-change.ts';
import { sectionLoss, type SectionLoss } from '../domain/plan/roster-tally.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { AccessWatch, type Written } from './access-watch.ts';
import { needsApproval, type PlannedBatch } from './import-kind.ts';
import { relatedKinds } from './kinds/registry.ts';
import type { FileToPlan } from './file-to-plan.ts';
import type { RunScope } from './plan-scope.ts';
import { RedoWatch } from './redo-watch.ts';
import type { RunTotals } from './run-totals.ts';

/** What the guard knows of the directory before anything of the plan is written. */
interface Standing {
  /** Of each file, whether nothing of its kind is there yet. */
  readonly firstLoads: readonly boolean[];
  readonly patronsActive: number;
}

/**
 * Looks on while a plan is made: adds up what it comes to for people, and tells in the end why it must be looked
 * at before it is applied (S10). Opened before the first batch is written, since a plan that is made while it is
 * written changes what it is measured by.
 */
export class PlanWatch {
  readonly #files: readonly FileToPlan[];
  readonly #scope: RunScope;
  readonly #standing: Standing;
  readonly #redo: RedoWatch;
  readonly #tally: ConsequenceTally;
  readonly #access: AccessWatch;
  #accessChanges: AccessConsequences | undefined;
  /** Sections that lose more members than one section may. */
  readonly #sectionLosses: SectionLoss[] = [];

  private constructor(
    files: readonly FileToPlan[],
    scope: RunScope,
    standing: Standing,
    redo: RedoWatch,
    accessMembersMax: number | undefined,
  ) {
    this.#files = files;
    this.#scope = scope;
    this.#standing = standing;
    this.#redo = redo;
    this.#tally = new ConsequenceTally(scope.statusOf);
    this.#access = new AccessWatch(scope, accessMembersMax);
  }

  static async open(
    reader: TenantReader,
    files: readonly FileToPlan[],
    run: Run,
    scope: RunScope,
    accessMembersMax?: number,
  ): Promise<PlanWatch> {
    const firstLoads: boolean[] = [];
    for (const { kind } of files) firstLoads.push(await kind.isFirstLoad(reader));
    const nothingThere = firstLoads.every((first) => first);
    const redo = await RedoWatch.open(
      reader,
      relatedKinds(run.kind),
      scope.settings.holdAfterUndo && !nothingThere,
    );
    const counted = run.kind === 'patrons' && run.mode === 'full';
    const patronsActive = counted ? await reader.patrons.count('ACTIVE') : 0;
    return new PlanWatch(files, scope, { firstLoads, patronsActive }, redo, accessMembersMax);
  }

  /** Adds a batch that is not written yet; gives which of its changes take something from somebody. */
  async see(reader: TenantReader, { changes }: Pick<PlannedBatch, 'changes'>): Promise<SeenChange[]> {
    const seen = changes.map((change) => ({ change, loses: this.#see(change) }));
    await this.#redo.see(reader, changes);
    await this.#access.see(reader, changes);
    return seen;
  }

  /** To be called once every batch was seen: what the plan comes to as a whole. */
  async settle(reader: TenantReader, how: Written): Promise<void> {
    this.#accessChanges = await this.#access.settle(reader, how);
  }

  /** What the plan comes to; of access once it is settled. */
  get consequences(): Consequences {
    const access = this.#accessChanges;
    return access === undefined ? this.#tally.total : { ...this.#tally.total, access };
  }

  /** Why the whole plan must be looked at first; none where it may be applied unseen. */
  reasons(totals: RunTotals): HoldReason[] {
    const { firstLoads, patronsActive } = this.#standing;
    const { patrons, members } = this.#tally.total;
    return holdReasons(this.#scope.settings.changeThresholds, {
      files: this.#files.map(({ kind, run }, index) => {
        const { counts, standing } = totals.files[index]!;
        const { created, removed } = counts;
        return { kind: kind.name, mode: run.mode, firstLoad: firstLoads[index]!, created, removed, standing };
      }),
      modeShownFirst: this.#files.some(({ kind, run }) => needsApproval(kind, run)),
      patronsInactivated: patrons.inactivated,
      patronsActive,
      membersInactivated: members?.inactivated ?? 0,
      sectionLosses: this.#sectionLosses,
      redone: this.#redo.found,
    });
  }

  #see(change: PlanChange): boolean {
    if (change.about === 'roster') {
      const loss = sectionLoss(change, this.#scope.statusOf);
      const threshold = this.#scope.settings.changeThresholds.sectionMembersInactivated;
      if (isBeyond(threshold, loss.count, loss.of)) this.#sectionLosses.push(loss);
    }
    return this.#tally.add(change);
  }
}

/** A change of a plan, and whether anybody loses by it. */
export interface SeenChange {
  readonly change: PlanChange;
  readonly loses: boolean;
}
