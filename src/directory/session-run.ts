import { noCounts, type RunCounts } from '../domain/outcome.ts';
import { addPatronConsequences, PatronTally } from '../domain/plan/patron-tally.ts';
import type { PatronChange } from '../domain/plan/patron-change.ts';
import { things } from '../domain/text/things.ts';
import type { Actor } from '../ports/changes.ts';
import type { Run, RunRequest } from '../ports/runs.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';

/** The mode of a run that single writes are added to. */
export const sessionRunMode = 'set';

/** Who writes patrons one by one, and in which session. */
export interface WriteSession {
  readonly actor: Actor;
  /** Unique within the channel. */
  readonly name: string;
  /** The local date, `yyyy-mm-dd`: a session that goes on for weeks is one run a day. */
  readonly day: string;
}

/**
 * The run that the single writes of a session are added to, so that it can be looked at and undone as an import can.
 * It stands applied from the first write on; once it was undone, the next write begins another.
 */
export class SessionRun {
  readonly id: number;
  readonly #run: Run | undefined;
  readonly #counts: RunCounts;
  readonly #tally = new PatronTally();
  #writes = 0;

  private constructor(id: number, run: Run | undefined) {
    this.id = id;
    this.#run = run;
    this.#counts = { ...(run?.counts ?? noCounts()) };
  }

  /** Finds the session's run or begins it. */
  static async open(tx: TenantTransactor, session: WriteSession, at: number): Promise<SessionRun> {
    const request: RunRequest = {
      kind: 'patrons',
      mode: sessionRunMode,
      options: { session: session.name, day: session.day },
      channel: session.actor.channel,
      sender: session.actor.name,
      dryRun: false,
      deliveryId: null,
      undoes: null,
    };
    const run = await tx.runs.findApplied(request);
    if (run !== undefined) return new SessionRun(run.id, run);
    const id = await tx.runs.insert(request, at);
    await tx.runs.begin(id, at);
    return new SessionRun(id, undefined);
  }

  /** Counts one write: what it did, and what changed by it. */
  count(outcome: 'created' | 'updated' | 'unchanged', change: PatronChange): void {
    this.#writes++;
    this.#counts[outcome]++;
    if (outcome !== 'unchanged') this.#tally.add(change);
  }

  /** Writes down what was counted. */
  async save(tx: TenantTransactor, at: number): Promise<void> {
    const counts = this.#counts;
    const writes = (this.#run?.rowCount ?? 0) + this.#writes;
    const before = this.#run?.consequences;
    const totals = {
      counts,
      subjects: writes,
      rowCount: writes,
      summary: `${things(writes, 'patron')} set one by one: ${counts.created} created, ${counts.updated} updated, ${counts.unchanged} unchanged.`,
      finishedAt: at,
      consequences: before ? addPatronConsequences(before, this.#tally.total) : this.#tally.total,
    };
    if (this.#run !== undefined) await tx.runs.extend(this.id, totals);
    else await tx.runs.finish(this.id, 1, { ...totals, state: 'applied', notes: [], failure: null });
  }
}
