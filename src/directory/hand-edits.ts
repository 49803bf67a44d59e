import { MusterError } from '../domain/errors.ts';
import type { Patron } from '../domain/patron/patron.ts';
import type { Actor } from '../ports/changes.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import { applyPatronPlans, type PatronPlan } from './apply-patrons.ts';
import { HandStanding, type EditSurroundings, type EditTarget } from './hand-standing.ts';
import { performInWaves, type PlannedJob } from './perform-in-waves.ts';
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

/** Does edits within one transaction, in waves. */
function performEdits(tx: TenantTransactor, jobs: readonly Job[]): Promise<Outcome[]> {
  return performInWaves<Job, PlannedEdit, Outcome>(jobs, {
    load: async (waiting) => {
      const standing = await HandStanding.load(
        tx,
        waiting.map(({ edit }) => edit),
      );
      return (job) => planOn(standing, job);
    },
    write: (wave) => writeWave(tx, wave),
  });
}

interface PlannedEdit {
  readonly job: Job;
  readonly plan: PatronPlan;
  readonly around: EditSurroundings;
}

function planOn(standing: HandStanding, job: Job): PlannedJob<PlannedEdit, Outcome> {
  const { edit } = job;
  try {
    const around = standing.of(edit);
    const plan = edit.plan(around);
    return { plan: { job, plan, around }, touches: standing.touchedBy(edit, plan) };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    const refusal = () => {
      throw error;
    };
    return { refusal, touches: standing.touchedBy(edit, undefined) };
  }
}

/** Writes plans that have nothing to do with one another, those of one actor at once. */
async function writeWave(tx: TenantTransactor, wave: readonly PlannedEdit[]): Promise<Outcome[]> {
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
    return () => job.edit.answer({ patron, contacts: listed, plan });
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
