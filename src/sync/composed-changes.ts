/** A record before and after something was done to it. */
export interface RecordChange<R> {
  readonly before: R;
  readonly after: R;
}

/**
 * Two changes of one record by one run as a single one, field by field. What somebody else set in between, and the
 * run overwrote, is what stood before; a field that the later change left alone is as the first one left it.
 */
export function composed<R extends object>(
  first: RecordChange<R> | undefined,
  { before, after }: RecordChange<R>,
): RecordChange<R> {
  if (first === undefined) return { before, after };
  const whole = { before: { ...before }, after: { ...after } };
  for (const field of Object.keys(after) as (keyof R)[]) {
    if (before[field] === after[field]) {
      whole.before[field] = first.before[field];
      whole.after[field] = first.after[field];
    } else if (before[field] === first.after[field]) whole.before[field] = first.before[field];
  }
  return whole;
}

/** A record that a run made, with what the same run changed of it later. */
export function asLeft<R extends object>(made: R, later: RecordChange<R> | undefined): R {
  if (later === undefined) return made;
  const left = { ...made };
  for (const field of Object.keys(later.after) as (keyof R)[]) {
    if (later.before[field] !== later.after[field]) left[field] = later.after[field];
  }
  return left;
}

/** A record as it stood before a run changed it, of one that the run has then removed. */
export function asBefore<R extends object>(gone: R, earlier: RecordChange<R> | undefined): R {
  if (earlier === undefined) return gone;
  const back = { ...gone };
  for (const field of Object.keys(earlier.after) as (keyof R)[]) {
    if (gone[field] === earlier.after[field]) back[field] = earlier.before[field];
  }
  return back;
}
