import { MusterError } from '../domain/errors.ts';
import type { Patron } from '../domain/patron/patron.ts';
import type { Actor } from '../ports/changes.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import { applyPatronPlans, type PatronPlan } from './apply-patrons.ts';
import { HandStanding, type EditSurroundings, type EditTarget } from './hand-standing.ts';
import { WriteTogether } from './write-together.ts';

/** Who does something by hand, and the clock that says when. */
export interface Hand {
  readonly actor: Actor;
  readonly clock: Clock;
}

/** One edit by hand of a patron or its contacts. */
export interface HandEdit<Answer> extends EditTarget {
  /** Throws a `MusterError` where it is refused. */
  plan(around: EditSurroundings): PatronPlan;
  /** What to answer once it is written, of how it stands then. */
  answer(written: Written): Answer;
}

/** A patron and its contacts behind an edit, and what had been planned. */
export interface Written {
  readonly patron: StoredPatron;
  readonly contacts: readonly StoredContact[];
  readonly plan: PatronPlan;
}

interface Job {
  readonly edit: HandEdit<unknown>;
  readonly hand: Hand;
}

/** Gives what became of an edit: its answer, or throws why it was refused. */
type Outcome = () => unknown;

const writers = new WeakMap<TenantStore, WriteTogether<Job, Outcome>>();

/**
 * Does one edit by hand and answers once it is durable. Those that come while another is being written share the next
 * transaction; one that is refused has changed nothing.
 */
export async function editByHand<Answer>(
  store: TenantStore,
  edit: HandEdit<Answer>,
  hand: Hand,
): Promise<Answer> {
  let writer = writers.get(store);
  if (writer === undefined) writers.set(store, (writer = new WriteTogether(store, performEdits)));
  return (await writer.submit({ edit, hand }))() as Answer;
}

/** The same within a transaction, by itself. */
export async function editWithin<Answer>(
  tx: TenantTransactor,
  edit: HandEdit<Answer>,
  hand: Hand,
): Promise<Answer> {
  const [outcome] = await performEdits(tx, [{ edit, hand }]);
  return outcome!() as Answer;
}

/**
 * Does edits within one transaction. They go in waves: of those that have anything to do with the same patron or key
 * the first goes, the others are planned again on what it left. So all come out as if they had been done one after the
 * other, while each wave is read and written at once.
 */
async function performEdits(tx: TenantTransactor, jobs: readonly Job[]): Promise<Outcome[]> {
  const outcomes = new Map<Job, Outcome>();
  for (let waiting = jobs; waiting.length > 0;) {
    const standing = await HandStanding.load(
      tx,
      waiting.map(({ edit }) => edit),
    );
    const touched = new Set<string>();
    const wave: PlannedEdit[] = [];
    const later: Job[] = [];
    for (const job of waiting) {
      const planned = planOf(job, standing);
      const touches = standing.touchedBy(job.edit, 'plan' in planned ? planned.plan : undefined);
      const isAlone = touches.every((one) => !touched.has(one));
      for (const one of touches) touched.add(one);
      if (!isAlone) later.push(job);
      else if ('plan' in planned) wave.push(planned);
      else outcomes.set(job, planned.refuse);
    }
    for (const [job, outcome] of await writeWave(tx, wave)) outcomes.set(job, outcome);
    waiting = later;
  }
  return jobs.map((job) => outcomes.get(job)!);
}

interface PlannedEdit {
  readonly job: Job;
  readonly plan: PatronPlan;
  readonly around: EditSurroundings;
}

function planOf(job: Job, standing: HandStanding): PlannedEdit | { readonly refuse: Outcome } {
  try {
    const around = standing.of(job.edit);
    return { job, plan: job.edit.plan(around), around };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return {
      refuse: () => {
        throw error;
      },
    };
  }
}

/** Writes plans that have nothing to do with one another, those of one actor at once. */
async function writeWave(
  tx: TenantTransactor,
  wave: readonly PlannedEdit[],
): Promise<(readonly [Job, Outcome])[]> {
  const ids = new Map<PlannedEdit, number>();
  const times = new Map<PlannedEdit, number>();
  const byActor = Map.groupBy(wave, ({ job }) => JSON.stringify(job.hand.actor));
  for (const planned of byActor.values()) {
    const { actor, clock } = planned[0]!.job.hand;
    const at = clock.now();
    const plans = planned.map(({ plan }) => plan);
    const written = await applyPatronPlans(tx, plans, { actor, at, runId: null, journalCreations: true });
    for (const [index, one] of planned.entries()) {
      ids.set(one, written[index]!);
      times.set(one, at);
    }
  }
  const relisted = wave.filter(({ plan }) => plan.contacts !== undefined).map((one) => ids.get(one)!);
  const contacts = relisted.length === 0 ? undefined : await tx.contacts.mapByPatron(relisted);
  return wave.map((one) => {
    const { job, plan, around } = one;
    const id = ids.get(one)!;
    const patron = patronAfter(plan, around.patron, id, times.get(one)!);
    const listed = plan.contacts === undefined ? around.contacts : (contacts?.get(id) ?? []);
    return [job, () => job.edit.answer({ patron, contacts: listed, plan })] as const;
  });
}

function patronAfter(
  { after }: PatronPlan,
  before: StoredPatron | undefined,
  id: number,
  at: number,
): StoredPatron {
  if (after === undefined) return before!;
  const { createdRun = null, createdAt = at } = before ?? {};
  return { ...(after as Patron), id, createdRun, createdAt, updatedAt: at };
}
