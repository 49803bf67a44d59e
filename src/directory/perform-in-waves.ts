/** A job as planned on what stands: what is to be written, or why it is refused, with all by which it bears on others. */
export type PlannedJob<Plan, Result> = ({ readonly plan: Plan } | { readonly refusal: Result }) & {
  /** Names of what it looks for, gives up or takes; of one that is refused, of what it looks for. */
  readonly touches: readonly string[];
};

export interface WaveWork<Job, Plan, Result> {
  /** Reads at once what stands of all that some jobs are about; gives what plans each of them on it. */
  readonly load: (jobs: readonly Job[]) => Promise<(job: Job) => PlannedJob<Plan, Result>>;
  /** Writes plans that have nothing to do with one another, and gives the result of each. */
  readonly write: (plans: readonly Plan[]) => Promise<readonly Result[]>;
}

/**
 * Does jobs in waves: of those that touch the same thing the first goes, the others are planned again on what it left.
 * So all come out as if they had been done one after the other, while each wave is read and written at once.
 */
export async function performInWaves<Job, Plan, Result>(
  jobs: readonly Job[],
  { load, write }: WaveWork<Job, Plan, Result>,
): Promise<Result[]> {
  const results = new Map<Job, Result>();
  for (let waiting = jobs; waiting.length > 0;) {
    const planOf = await load(waiting);
    const touched = new Set<string>();
    const wave = new Map<Job, Plan>();
    const later: Job[] = [];
    for (const job of waiting) {
      const planned = planOf(job);
      const isAlone = planned.touches.every((one) => !touched.has(one));
      for (const one of planned.touches) touched.add(one);
      if (!isAlone) later.push(job);
      else if ('plan' in planned) wave.set(job, planned.plan);
      else results.set(job, planned.refusal);
    }
    const written = wave.size === 0 ? [] : await write([...wave.values()]);
    for (const [index, job] of [...wave.keys()].entries()) results.set(job, written[index]!);
    waiting = later;
  }
  return jobs.map((job) => results.get(job)!);
}
