import { ConsequenceTally, type Consequences } from '../domain/plan/consequences.ts';
import { undoContacts } from '../domain/contact/undo-contacts.ts';
import { planWeight } from '../domain/contact/contact-plan.ts';
import { noCounts, rowOutcomes, type RowNote, type RunCounts } from '../domain/outcome.ts';
import { displayName } from '../domain/patron/identity.ts';
import { findClashes, keyClaim } from '../domain/patron/key-clashes.ts';
import { keyFields, type Patron, type PatronValues } from '../domain/patron/patron.ts';
import type { PlanSubject } from '../domain/plan/planned-record.ts';
import { undoPatron } from '../domain/patron/undo-patron.ts';
import type { StoredChange } from '../ports/changes.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { Provenance, StoredPatron } from '../ports/patrons.ts';
import type { RunRow } from '../ports/run-rows.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import { applyContactPlans, countContactPlan, type PatronContactPlan } from '../directory/apply-contacts.ts';
import { applyPatronPlans, changeOf, recordOf, type PatronPlan } from '../directory/apply-patrons.ts';
import { PlanKeeper } from './plan-keeper.ts';
import type { Moment } from './plan-scope.ts';
import { undoSummary } from './undo-summary.ts';
import type { Undoing } from './undoing-any.ts';
import {
  contactsOfRun,
  makersOfRemoved,
  ownersOf,
  patronChangesOfRun,
  recordRemovedBy,
} from './undo-changes.ts';

/**
 * The taking back of one run within one transaction. First, batch by batch, whatever touches no key; then the
 * records whose keys go back, all together, since a key may pass from any patron of the run to any other;
 * last the patrons that come back, once every key is where it belongs.
 */
export class PatronUndoing implements Undoing {
  readonly #patronCounts: RunCounts = noCounts();
  readonly #contactCounts: RunCounts = noCounts();
  /** What the undo comes to for people. */
  readonly #tally: ConsequenceTally;
  #patrons = 0;
  readonly #tx: TenantTransactor;
  readonly #undo: Run;
  readonly #at: number;
  readonly #keyMoves: KeyMove[] = [];
  readonly #gone: number[] = [];
  readonly #keptPatrons = new Set<number>();
  readonly #keeper: PlanKeeper;
  /** Who made the contacts that come back. */
  readonly #broughtBack = new Map<number, Provenance>();
  #keptRows = 0;

  constructor(tx: TenantTransactor, undo: Run, { at, statusOf }: Moment) {
    this.#tx = tx;
    this.#tally = new ConsequenceTally(statusOf);
    this.#undo = undo;
    this.#at = at;
    this.#keeper = new PlanKeeper(undo.id, statusOf);
  }

  /** Records of both kinds together; what stays is counted as ignored. */
  get counts(): RunCounts {
    const [patronCounts, contactCounts] = [this.#patronCounts, this.#contactCounts];
    const counts = noCounts();
    for (const outcome of rowOutcomes) counts[outcome] = patronCounts[outcome] + contactCounts[outcome];
    return { ...counts, ignored: this.#keptRows };
  }

  get subjects(): number {
    return this.#patrons;
  }

  get consequences(): Consequences {
    return this.#tally.total;
  }

  get summary(): string {
    return undoSummary(this.#undo.undoes!, {
      patronCounts: this.#patronCounts,
      contactCounts: this.#contactCounts,
      patrons: this.#patrons,
      keptPatrons: this.#keptPatrons.size,
    });
  }

  async takeBack(patronsAtATime: number, onProgress: (patronsDone: number) => void): Promise<void> {
    const tx = this.#tx;
    for (let after = 0; ;) {
      const ids = await tx.changes.listPatronsOfRun(this.#undo.undoes!, after, patronsAtATime);
      if (ids.length === 0) break;
      await this.#takeBack(ids);
      after = ids.at(-1)!;
      onProgress(this.#patrons);
    }
    await this.#settleKeys();
    await this.#bringBackPatrons(patronsAtATime);
    await this.#keeper.end(tx);
  }

  async #takeBack(patronIds: readonly number[]): Promise<void> {
    const tx = this.#tx;
    const patrons = new Map((await tx.patrons.findByIds(patronIds)).map((patron) => [patron.id, patron]));
    const contacts = await tx.contacts.mapByPatron(patronIds);
    const changes = await tx.changes.mapByPatron(patronIds);
    const referred = new Set(await tx.patrons.listReferred(patronIds));
    this.#broughtBack.clear();
    const plans: PatronPlan[] = [];
    const doomed: StoredPatron[] = [];
    const kept: RunRow[] = [];
    for (const id of patronIds) {
      this.#patrons++;
      const patron = patrons.get(id);
      const history = changes.get(id) ?? [];
      if (patron === undefined) {
        if (recordRemovedBy(this.#undo.undoes!, history)) this.#gone.push(id);
        continue;
      }
      const one = this.#planOne(patron, contacts.get(id) ?? [], history, referred.has(id));
      kept.push(...one.notes.map((note) => this.#keptRow(note, id)));
      if (one.notes.length > 0) this.#keptPatrons.add(id);
      await this.#note(one);
      plans.push(this.#withoutKeyMove(patron, one.plan));
      if (one.doomed) doomed.push(patron);
    }
    await applyPatronPlans(tx, plans, this.#journal());
    await this.#removePatrons(doomed);
    await tx.runRows.insert(this.#undo.id, kept);
  }

  /** Puts keys back. Where one belongs to another patron by now, that record stays as it is. */
  async #settleKeys(): Promise<void> {
    const claims = this.#keyMoves.map(({ before, after }) =>
      keyClaim<PatronValues>(before.id, before, after),
    );
    const wanted = claims.map(({ after }) => after);
    const clashes = findClashes(claims, await ownersOf(this.#tx, wanted));
    const kept: RunRow[] = [];
    const plans: PatronPlan[] = [];
    for (const { before, after } of this.#keyMoves) {
      const notes = clashes.get(before.id);
      if (notes) kept.push(...this.#keysTaken(before, notes, before.id));
      else plans.push({ before, after, contacts: undefined });
    }
    this.#patronCounts.updated += plans.length;
    await applyPatronPlans(this.#tx, plans, this.#journal());
    await this.#tx.runRows.insert(this.#undo.id, kept);
  }

  /** Brings back, under their old ids, the patrons that the run had removed, with their contacts. */
  async #bringBackPatrons(atATime: number): Promise<void> {
    for (let start = 0; start < this.#gone.length; start += atATime) {
      await this.#bringBack(this.#gone.slice(start, start + atATime));
    }
  }

  async #bringBack(patronIds: readonly number[]): Promise<void> {
    const tx = this.#tx;
    const changes = await tx.changes.mapByPatron(patronIds);
    const records = patronIds.map((id) => recordRemovedBy(this.#undo.undoes!, changes.get(id)!)!);
    const claims = records.map((record) => keyClaim(record.id, undefined, record));
    const clashes = findClashes(claims, await ownersOf(tx, records));
    const kept: RunRow[] = [];
    const back: Patron[] = [];
    const contactPlans: PatronContactPlan[] = [];
    this.#broughtBack.clear();
    for (const record of records) {
      const notes = clashes.get(record.id);
      if (notes) {
        kept.push(...this.#keysTaken(record, notes, null));
        continue;
      }
      back.push(recordOf(record, record.id));
      this.#noteMakers(changes.get(record.id)!);
      const plan = undoContacts([], contactsOfRun(this.#undo.undoes!, [], changes.get(record.id)!));
      countContactPlan(this.#contactCounts, plan);
      contactPlans.push({ patronId: record.id, before: [], plan });
      const contacts = { before: [], plan };
      const made = { before: undefined, after: record };
      this.#tally.add({ about: 'patron', patronId: record.id, record: made, contacts });
      await this.#keeper.addSubject(tx, patronSubject(record.id), false);
    }
    this.#patronCounts.created += back.length;
    await tx.patrons.insert(back, { createdRun: this.#undo.id, createdAt: this.#at });
    await applyContactPlans(tx, contactPlans, this.#journal());
    await tx.runRows.insert(this.#undo.id, kept);
  }

  /** Adds a patron to what the undo comes to, unless nothing is left to take back. */
  async #note({ plan, doomed }: Pick<PatronUndoPlan, 'plan' | 'doomed'>): Promise<void> {
    const { after, contacts } = plan;
    if (!doomed && after === undefined && (contacts === undefined || planWeight(contacts.plan) === 0)) return;
    const loses = this.#tally.add(changeOf(plan)) || doomed;
    if (doomed) this.#tally.addRemovedPatron();
    await this.#keeper.addSubject(this.#tx, patronSubject(plan.before!.id), loses);
  }

  #journal() {
    return {
      runId: this.#undo.id,
      at: this.#at,
      actor: { name: this.#undo.sender, channel: this.#undo.channel },
      journalCreations: false,
      broughtBack: this.#broughtBack,
    };
  }

  #noteMakers(changes: readonly StoredChange[]): void {
    for (const [id, maker] of makersOfRemoved(this.#undo.undoes!, changes)) this.#broughtBack.set(id, maker);
  }

  #planOne(
    patron: StoredPatron,
    contacts: readonly StoredContact[],
    changes: readonly StoredChange[],
    referred: boolean,
  ): PatronUndoPlan {
    const runId = this.#undo.undoes!;
    this.#noteMakers(changes);
    const name = displayName(patron);
    const undoneContacts = undoContacts(contacts, contactsOfRun(runId, contacts, changes));
    countContactPlan(this.#contactCounts, undoneContacts);
    const notes: RowNote[] = undoneContacts.kept.map(({ what, why, fields }) => ({
      code: `kept-${why}` as const,
      value: `${name}: ${what}`,
      ...(fields.length > 0 ? { column: fields.join(', ') } : {}),
    }));
    const touched =
      referred ||
      changes.some((change) => change.runId !== runId) ||
      contacts.some((contact) => contact.createdRun !== runId);
    let after: PatronPlan['after'];
    let doomed = false;
    for (const change of patronChangesOfRun(runId, patron, changes)) {
      const undone = undoPatron(patron, change, touched);
      after = undone.restore ?? after;
      doomed ||= undone.remove === true;
      for (const { field, why } of undone.kept) {
        notes.push({
          code: `kept-${why}` as const,
          value: name,
          ...(field === 'patron' ? {} : { column: field }),
        });
      }
    }
    return {
      notes,
      doomed,
      plan: { before: patron, after, contacts: { before: contacts, plan: undoneContacts } },
    };
  }

  /** The plan with what must wait for `#settleKeys` taken out. */
  #withoutKeyMove(before: StoredPatron, plan: PatronPlan): PatronPlan {
    const { after } = plan;
    if (after === undefined) return plan;
    if (keyFields.every((field) => before[field] === after[field])) {
      this.#patronCounts.updated++;
      return plan;
    }
    this.#keyMoves.push({ before, after });
    return { ...plan, after: undefined };
  }

  async #removePatrons(doomed: readonly StoredPatron[]): Promise<void> {
    if (doomed.length === 0) return;
    const ids = doomed.map(({ id }) => id);
    await this.#tx.patrons.remove(ids);
    await this.#tx.fingerprints.touched('patron', ids, undefined);
    const { runId, at, actor } = this.#journal();
    await this.#tx.changes.append(
      doomed.map((patron) => {
        const { createdRun, createdAt } = patron;
        const before = { ...recordOf(patron, patron.id), createdRun, createdAt };
        return {
          runId,
          at,
          actor,
          patronId: patron.id,
          subject: { entity: 'patron', action: 'removed', before } as const,
        };
      }),
    );
    this.#patronCounts.removed += doomed.length;
  }

  #keysTaken(record: Patron, clashes: readonly RowNote[], patronId: number | null): RunRow[] {
    const value = displayName(record);
    this.#keptPatrons.add(record.id);
    return clashes.map(({ column }) =>
      this.#keptRow({ code: 'kept-key-taken', value, ...(column ? { column } : {}) }, patronId),
    );
  }

  #keptRow(note: RowNote, patronId: number | null): RunRow {
    return { file: 0, row: ++this.#keptRows, outcome: 'ignored', note, patronId };
  }
}

function patronSubject(id: number): PlanSubject {
  return { entity: 'patron', id, label: '' };
}

interface PatronUndoPlan {
  readonly notes: readonly RowNote[];
  /** The run made the patron and nobody touched it since. */
  readonly doomed: boolean;
  readonly plan: PatronPlan;
}

interface KeyMove {
  readonly before: StoredPatron;
  readonly after: PatronValues;
}
