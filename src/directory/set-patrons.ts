import type { Contact } from '../domain/contact/contact.ts';
import { leftBy } from '../domain/contact/contact-plan.ts';
import { emailOf } from '../domain/contact/patron-email.ts';
import type { RowNote } from '../domain/outcome.ts';
import type { PatronValues } from '../domain/patron/patron.ts';
import { planWish, type PatronWish, type WishPlan, type WishRefusal } from '../domain/patron/set-patron.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import { applyPatronPlans, changeOf, type PatronPlan } from './apply-patrons.ts';
import type { MatchField } from './match-patron.ts';
import { performInWaves, type PlannedJob } from './perform-in-waves.ts';
import { SessionRun, type WriteSession } from './session-run.ts';
import { loadStanding, type Standing } from './standing.ts';
import { WriteTogether } from './write-together.ts';

/** One patron to be set, whom a field and a value name. */
export interface SetPatronRequest extends PatronWish {
  readonly field: MatchField;
  readonly value: string;
  readonly session: WriteSession;
  readonly at: number;
}

export type SetPatronResult = WishRefusal | SetPatron;

/** The patron as it stands now. */
export interface SetPatron {
  readonly outcome: 'created' | 'updated' | 'unchanged';
  readonly patron: PatronValues;
  readonly email: string;
  /** What was not done as asked: an e-mail set by hand that was kept (S2). */
  readonly notes: readonly RowNote[];
}

const writers = new WeakMap<TenantStore, WriteTogether<SetPatronRequest, SetPatronResult>>();

/**
 * Sets one patron (S9: planned first, then applied) and answers once that is durable. Those set at the same time share
 * a transaction; what is refused has changed nothing. Journalled under the run of its session.
 */
export function setPatron(store: TenantStore, request: SetPatronRequest): Promise<SetPatronResult> {
  let writer = writers.get(store);
  if (writer === undefined) {
    writer = new WriteTogether(store, setPatrons);
    writers.set(store, writer);
  }
  return writer.submit(request);
}

/** Sets patrons within one transaction, in waves. */
async function setPatrons(
  tx: TenantTransactor,
  requests: readonly SetPatronRequest[],
): Promise<SetPatronResult[]> {
  const runs = new SessionRuns(tx);
  const results = await performInWaves<SetPatronRequest, Planned, SetPatronResult>(requests, {
    load: async (waiting) => {
      const standing = await loadStanding(tx, waiting);
      return (request) => planOn(standing, request);
    },
    write: async (wave) => {
      await runs.apply(wave);
      return wave.map(resultOf);
    },
  });
  await runs.save();
  return results;
}

function planOn(standing: Standing, request: SetPatronRequest): PlannedJob<Planned, SetPatronResult> {
  const around = standing.of(request);
  const plan = planWish(request, around);
  if ('why' in plan) return { refusal: plan, touches: standing.touchedBy(request, undefined) };
  return {
    plan: { request, plan, contacts: around.contacts },
    touches: standing.touchedBy(request, plan),
  };
}

interface Planned {
  readonly request: SetPatronRequest;
  readonly plan: WishPlan<StoredPatron>;
  readonly contacts: readonly StoredContact[];
}

function resultOf({ plan, contacts }: Planned): SetPatron {
  const { outcome, after, email } = plan;
  const made = email?.creates.map(({ values, origin, importedAs }) => ({
    ...values,
    origin,
    importedAs,
    id: Infinity,
  }));
  const left: readonly Contact[] = email ? [...leftBy(email, contacts), ...made!] : contacts;
  return { outcome, patron: after, email: emailOf(left), notes: email?.notes ?? [] };
}

function patronPlanOf({ plan, contacts }: Planned): PatronPlan {
  const { before, after, recordChanged, email } = plan;
  return {
    before,
    after: recordChanged ? after : undefined,
    contacts: email ? { before: contacts, plan: email } : undefined,
  };
}

/** The runs that the writes of one transaction belong to. */
class SessionRuns {
  readonly #tx: TenantTransactor;
  readonly #open = new Map<string, { readonly run: SessionRun; at: number }>();

  constructor(tx: TenantTransactor) {
    this.#tx = tx;
  }

  async apply(wave: readonly Planned[]): Promise<void> {
    const bySession = Map.groupBy(wave, ({ request: { session } }) => JSON.stringify(session));
    for (const [name, planned] of bySession) {
      const { session, at } = planned.at(-1)!.request;
      const open = this.#open.get(name) ?? { run: await SessionRun.open(this.#tx, session, at), at };
      this.#open.set(name, open);
      open.at = at;
      const plans = planned.map(patronPlanOf);
      for (const [index, { plan }] of planned.entries())
        open.run.count(plan.outcome, changeOf(plans[index]!));
      const changing = plans.filter((_, index) => planned[index]!.plan.outcome !== 'unchanged');
      // Creations are journalled as those by hand are: the plan of an import under way must notice them.
      const journal = { runId: open.run.id, at, actor: session.actor, journalCreations: true };
      await applyPatronPlans(this.#tx, changing, journal);
    }
  }

  async save(): Promise<void> {
    for (const { run, at } of this.#open.values()) await run.save(this.#tx, at);
  }
}
