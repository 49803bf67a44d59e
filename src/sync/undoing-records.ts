import type { RecordJournal } from '../directory/apply-records.ts';
import { noCounts, type RunCounts } from '../domain/outcome.ts';
import type { AccessConsequences } from '../domain/plan/access-consequences.ts';
import { ConsequenceTally, type Consequences } from '../domain/plan/consequences.ts';
import { subjectOf } from '../domain/plan/planned-record.ts';
import type { PlanChange } from '../domain/plan/plan-change.ts';
import { identifierOf } from '../domain/records.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import { AccessWatch } from './access-watch.ts';
import { PlanKeeper } from './plan-keeper.ts';
import type { Moment } from './plan-scope.ts';
import { KeptRows } from './undo-kept.ts';
import { RecordUndoing, type SeeRecords } from './undo-records.ts';
import { RosterUndoing } from './undo-rosters.ts';
import { recordsUndoSummary } from './undo-summary.ts';
import type { Undoing } from './undoing-any.ts';

/** Sections at a time: each may have very many members. */
const sectionsMax = 100;

/**
 * The taking back of a run that wrote records and members. Members first, since sections that the run made can only go
 * once nobody is in them; those who come back last, once their sections have.
 */
export class RecordsUndoing implements Undoing {
  readonly #tx: TenantTransactor;
  readonly #undo: Run;
  readonly #tally: ConsequenceTally;
  readonly #access: AccessWatch;
  #accessChanges: AccessConsequences | undefined;
  readonly #keeper: PlanKeeper;
  readonly #kept: KeptRows;
  readonly #records: RecordUndoing;
  readonly #rosters: RosterUndoing;
  readonly #rostersSeen = new Set<number>();
  #sections = 0;

  constructor(tx: TenantTransactor, undo: Run, moment: Moment) {
    const { at, statusOf } = moment;
    this.#access = new AccessWatch(moment);
    this.#tx = tx;
    this.#undo = undo;
    this.#tally = new ConsequenceTally(statusOf);
    this.#keeper = new PlanKeeper(undo.id, statusOf);
    this.#kept = new KeptRows(undo.id);
    const actor = { name: undo.sender, channel: undo.channel };
    const journal: RecordJournal = { runId: undo.id, at, actor, journalCreations: false, statusOf };
    const see: SeeRecords = {
      changed: (change) => this.#see(change),
      removed: async (entity, record) => {
        this.#tally.addRemovedRecord(entity);
        await this.#keeper.addSubject(tx, { entity, id: record.id, label: identifierOf(record) }, true);
      },
    };
    const runId = undo.undoes!;
    this.#records = new RecordUndoing(tx, runId, journal, this.#kept, see);
    this.#rosters = new RosterUndoing(tx, runId, journal, this.#kept, (change) => this.#see(change));
  }

  async takeBack(subjectsAtATime: number, onProgress: (subjectsDone: number) => void): Promise<void> {
    const tx = this.#tx;
    const atATime = Math.min(subjectsAtATime, sectionsMax);
    for (let after = 0; ;) {
      const ids = await tx.recordChanges.listRecordsOfRun(this.#undo.undoes!, 'member', after, atATime);
      if (ids.length === 0) break;
      await this.#rosters.takeBack(ids);
      after = ids.at(-1)!;
      this.#sections += ids.length;
      onProgress(this.subjects);
    }
    await this.#records.takeBack();
    await this.#rosters.bringBack();
    this.#accessChanges = await this.#access.settle(tx, { written: true, idOf: (id) => id });
    await this.#keeper.end(tx);
  }

  get counts(): RunCounts {
    const counts = noCounts();
    for (const name of ['created', 'updated', 'removed'] as const) {
      counts[name] = this.#records.counts[name] + this.#rosters.counts[name];
    }
    return { ...counts, ignored: this.#kept.count };
  }

  get subjects(): number {
    return this.#records.touched + this.#sections;
  }

  get consequences(): Consequences {
    const access = this.#accessChanges;
    return access === undefined ? this.#tally.total : { ...this.#tally.total, access };
  }

  get summary(): string {
    return recordsUndoSummary(this.#undo.undoes!, {
      records: this.#records.counts,
      members: this.#rosters.counts,
      kept: this.#kept.count,
    });
  }

  async #see(change: PlanChange): Promise<void> {
    const loses = this.#tally.add(change);
    await this.#access.see(this.#tx, [change]);
    if (change.about === 'roster') {
      // Who comes back stands beside who was set back.
      if (this.#rostersSeen.has(change.sectionId)) return;
      this.#rostersSeen.add(change.sectionId);
    }
    await this.#keeper.addSubject(this.#tx, subjectOf(change), loses);
  }
}
