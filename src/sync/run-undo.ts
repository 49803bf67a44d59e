import type { Contact } from '../domain/contact/contact.ts';
import { undoContacts, type ContactRunChanges } from '../domain/contact/undo-contacts.ts';
import { MusterError } from '../domain/errors.ts';
import { noCounts, type RowNote, type RunCounts } from '../domain/outcome.ts';
import { displayName } from '../domain/patron/identity.ts';
import { findClashes } from '../domain/patron/key-clashes.ts';
import type { Patron } from '../domain/patron/patron.ts';
import { undoPatron, type PatronRunChange } from '../domain/patron/undo-patron.ts';
import { foldKey } from '../domain/text/fold.ts';
import { keyFields } from '../domain/patron/patron.ts';
import type { StoredChange } from '../ports/changes.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { Run, RunRow } from '../ports/runs.ts';
import type { TenantReader, TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import { countContactPlan } from '../directory/apply-contacts.ts';
import { applyPatronPlans, recordOf, type PatronPlan } from '../directory/apply-patrons.ts';
import type { ImportSurroundings } from './run-import.ts';

const patronsPerBatch = 500;

/**
 * Asks for an applied run to be taken back; gives the id of the run that will do it. `not-found` for an
 * unknown run, `conflict` for one that was not applied, changed nothing or is undone already, `gone` once the
 * journal of that time has been purged: half an undo would be worse than none. Asking again while the undo
 * waits its turn joins it.
 */
export function requestUndo(
  store: TenantStore,
  runId: number,
  sender: Run['sender'],
  channel: Run['channel'],
  now: number,
): Promise<number> {
  return store.transact(async (tx) => {
    const run = await tx.runs.findById(runId);
    if (!run) throw new MusterError('not-found', `There is no run ${runId}.`);
    if (run.state === 'undone')
      throw new MusterError('conflict', `Run ${runId} was undone already, by run ${run.undoneBy}.`);
    if (run.state !== 'applied' || run.dryRun) {
      throw new MusterError('conflict', `Run ${runId} changed nothing, so there is nothing to undo.`);
    }
    if ((run.startedAt ?? run.receivedAt) < (await tx.settings.get()).journalKeptFrom) {
      throw new MusterError(
        'gone',
        `Run ${runId} can no longer be undone: what stood before it is no longer kept (journalRetentionDays).`,
      );
    }
    const waiting = (await tx.runs.listUnfinished()).find(({ undoes }) => undoes === runId);
    if (waiting) return waiting.id;
    const { kind } = run;
    const undoId = await tx.runs.insert(
      { kind, mode: 'undo', options: {}, channel, sender, dryRun: false, deliveryId: null, undoes: runId },
      now,
    );
    await tx.audit.append({
      at: now,
      actor: { name: sender, channel },
      action: 'import.undone',
      subject: `import ${runId}`,
      detail: { by: undoId },
    });
    return undoId;
  });
}

/**
 * Takes a run back in one transaction, patron by patron and three ways: what still stands as the run left it
 * goes back to what it was before; whatever a person or a later run changed since stays and is listed.
 */
export async function runUndo(store: TenantStore, undoId: number, around: ImportSurroundings): Promise<void> {
  const at = around.clock.now();
  await store.transact(async (tx) => {
    const attempt = await tx.runs.begin(undoId, at);
    const run = await tx.runs.findById(undoId);
    if (attempt === false || !run) return;
    const undoing = new Undoing(tx, run, at);
    let after = 0;
    for (;;) {
      const ids = await tx.changes.listPatronsOfRun(run.undoes!, after, patronsPerBatch);
      if (ids.length === 0) break;
      await undoing.takeBack(ids);
      after = ids.at(-1)!;
      around.onProgress({
        runId: undoId,
        rowsRead: 0,
        subjectsPlanned: undoing.patrons,
        subjectsTotal: 0,
        applied: undoing.patrons,
      });
    }
    await tx.runs.markUndone(run.undoes!, undoId);
    const { counts } = undoing;
    await tx.runs.finish(undoId, attempt, {
      state: 'applied',
      counts,
      subjects: undoing.patrons,
      rowCount: 0,
      notes: [],
      summary: `Run ${run.undoes} taken back for ${undoing.patrons} patrons: ${counts.created} brought back, ${counts.updated} set back, ${counts.removed} removed, ${counts.ignored} kept since they were changed later.`,
      finishedAt: at,
      failure: null,
    });
  });
}

class Undoing {
  readonly counts: RunCounts = noCounts();
  patrons = 0;
  readonly #tx: TenantTransactor;
  readonly #undo: Run;
  readonly #at: number;
  #keptRows = 0;

  constructor(tx: TenantTransactor, undo: Run, at: number) {
    this.#tx = tx;
    this.#undo = undo;
    this.#at = at;
  }

  async takeBack(patronIds: readonly number[]): Promise<void> {
    const tx = this.#tx;
    const patrons = new Map((await tx.patrons.findByIds(patronIds)).map((patron) => [patron.id, patron]));
    const contacts = await tx.contacts.mapByPatron(patronIds);
    const changes = await tx.changes.mapByPatron(patronIds);
    const plans: PatronPlan[] = [];
    const doomed: StoredPatron[] = [];
    const kept: RunRow[] = [];
    for (const id of patronIds) {
      const one = this.#planOne(patrons.get(id), contacts.get(id) ?? [], changes.get(id) ?? []);
      kept.push(...one.kept.map((note) => this.#keptRow(note, id)));
      if (one.plan) plans.push(one.plan);
      if (one.revive) await this.#revive(one.revive, one.revivedContacts, kept);
      if (one.doomed) doomed.push(one.doomed);
      this.patrons++;
    }
    const standing = await this.#withoutClashes(plans, kept);
    await applyPatronPlans(tx, standing, this.#journal());
    await this.#removePatrons(doomed);
    await tx.runs.insertRows(this.#undo.id, kept);
  }

  #journal() {
    return {
      runId: this.#undo.id,
      at: this.#at,
      actor: { name: this.#undo.sender, channel: this.#undo.channel },
      journalCreations: false,
    };
  }

  #planOne(
    patron: StoredPatron | undefined,
    contacts: readonly StoredContact[],
    changes: readonly StoredChange[],
  ): PatronUndoPlan {
    const runId = this.#undo.undoes!;
    const contactChanges = contactsOfRun(runId, contacts, changes);
    const removedRecord = changes.findLast(
      (change) =>
        change.runId === runId && change.subject.entity === 'patron' && change.subject.action === 'removed',
    );
    if (removedRecord && patron === undefined) {
      return {
        kept: [],
        revive: (removedRecord.subject as { before: Patron }).before,
        revivedContacts: contactChanges,
      };
    }
    if (patron === undefined) return { kept: [] };
    const name = displayName(patron);
    const undoneContacts = undoContacts(contacts, contactChanges);
    const kept: RowNote[] = undoneContacts.kept.map(({ what, why, fields }) => ({
      code: `kept-${why}` as const,
      value: `${name}: ${what}`,
      ...(fields.length > 0 ? { column: fields.join(', ') } : {}),
    }));
    const touched =
      changes.some((change) => change.runId !== runId) ||
      contacts.some((contact) => contact.createdRun !== runId);
    let after: PatronPlan['after'];
    let doomed: StoredPatron | undefined;
    for (const change of patronChangesOfRun(runId, patron, changes)) {
      const undone = undoPatron(patron, change, touched);
      after = undone.restore ?? after;
      if (undone.remove) doomed = patron;
      for (const { field, why } of undone.kept) {
        kept.push({
          code: `kept-${why}` as const,
          value: name,
          ...(field === 'patron' ? {} : { column: field }),
        });
      }
    }
    countContactPlan(this.counts, undoneContacts);
    return { kept, plan: { before: patron, after, contacts: undoneContacts }, ...(doomed ? { doomed } : {}) };
  }

  /** Keys that would go back but belong to another patron by now: that record stays as it is. */
  async #withoutClashes(plans: readonly PatronPlan[], kept: RunRow[]): Promise<PatronPlan[]> {
    const claims = plans.flatMap(({ before, after }) =>
      before && after ? [{ id: before.id, before, after }] : [],
    );
    const owners = await ownersOf(
      this.#tx,
      claims.map(({ after }) => after),
    );
    const clashes = findClashes(claims, owners);
    return plans.map((plan) => {
      if (plan.after) this.counts.updated++;
      const notes = plan.before && clashes.get(plan.before.id);
      if (!notes) return plan;
      this.counts.updated--;
      kept.push(
        ...notes.map((note) =>
          this.#keptRow(
            {
              code: 'kept-key-taken',
              value: displayName(plan.before!),
              ...(note.column ? { column: note.column } : {}),
            },
            plan.before!.id,
          ),
        ),
      );
      return { ...plan, after: undefined };
    });
  }

  /** Brings back a patron that the run had removed, with its contacts, under its old id. */
  async #revive(record: Patron, contacts: ContactRunChanges | undefined, kept: RunRow[]): Promise<void> {
    const claims = [{ id: record.id, before: undefined, after: record }];
    const clash = findClashes(claims, await ownersOf(this.#tx, [record])).get(record.id);
    if (clash) {
      kept.push(
        this.#keptRow(
          {
            code: 'kept-key-taken',
            value: displayName(record),
            ...(clash[0]?.column ? { column: clash[0].column } : {}),
          },
          null,
        ),
      );
      return;
    }
    await this.#tx.patrons.insert([recordOf(record, record.id)], {
      createdRun: this.#undo.id,
      createdAt: this.#at,
    });
    this.counts.created++;
    const plan = undoContacts([], contacts ?? { created: [], updated: [], removed: [] });
    countContactPlan(this.counts, plan);
    await applyPatronPlans(this.#tx, [{ before: record, after: undefined, contacts: plan }], this.#journal());
  }

  async #removePatrons(doomed: readonly StoredPatron[]): Promise<void> {
    if (doomed.length === 0) return;
    await this.#tx.patrons.remove(doomed.map(({ id }) => id));
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
    this.counts.removed += doomed.length;
  }

  #keptRow(note: RowNote, patronId: number | null): RunRow {
    this.counts.ignored++;
    return { row: ++this.#keptRows, outcome: 'ignored', note, patronId };
  }
}

interface PatronUndoPlan {
  readonly kept: readonly RowNote[];
  readonly plan?: PatronPlan;
  /** A patron that the run made and nobody touched since. */
  readonly doomed?: StoredPatron;
  /** A patron that the run removed. */
  readonly revive?: Patron;
  readonly revivedContacts?: ContactRunChanges;
}

/** What the run did to the patron's contacts, from the journal and from who made what stands now. */
function contactsOfRun(
  runId: number,
  contacts: readonly StoredContact[],
  changes: readonly StoredChange[],
): ContactRunChanges {
  const created = contacts
    .filter((contact) => contact.createdRun === runId)
    .map((contact) => asCreated(contact, changes));
  const updated: { before: Contact; after: Contact }[] = [];
  const removed: Contact[] = [];
  for (const { runId: by, subject } of changes) {
    if (by !== runId || subject.entity !== 'contact') continue;
    if (subject.action === 'updated') updated.push(subject);
    if (subject.action === 'removed') removed.push(subject.before);
  }
  return { created, updated, removed };
}

/** The contact as it was made: what the first later change found, else what stands. */
function asCreated(contact: StoredContact, changes: readonly StoredChange[]): Contact {
  for (const { subject } of changes) {
    if (subject.entity === 'contact' && subject.action === 'updated' && subject.before.id === contact.id) {
      return subject.before;
    }
  }
  return contact;
}

function patronChangesOfRun(
  runId: number,
  patron: StoredPatron,
  changes: readonly StoredChange[],
): PatronRunChange[] {
  // An import's own creations are not journalled: the record says who made it, later entries what it was.
  if (patron.createdRun === runId) {
    const later = changes.find(({ subject }) => subject.entity === 'patron' && 'before' in subject);
    const after = later ? (later.subject as { before: Patron }).before : patron;
    return [{ action: 'created', after }];
  }
  const own: PatronRunChange[] = [];
  for (const { runId: by, subject } of changes) {
    if (by !== runId || subject.entity !== 'patron') continue;
    if (subject.action === 'updated' || subject.action === 'inactivated') {
      own.push({ action: subject.action, before: subject.before, after: subject.after });
    }
  }
  return own;
}

async function ownersOf(reader: TenantReader, records: readonly Pick<Patron, (typeof keyFields)[number]>[]) {
  const stored = new Map<string, Map<string, StoredPatron>>();
  for (const field of keyFields) {
    const keys = records.map((record) => foldKey(record[field])).filter((key) => key !== '');
    stored.set(field, keys.length === 0 ? new Map() : await reader.patrons.mapByKey(field, keys));
  }
  return (field: (typeof keyFields)[number], folded: string) => stored.get(field)?.get(folded);
}
