import type { DoneByRun, Values } from './done-by-run.ts';

/** Why something of a run is not taken back. */
export type KeptReason = 'changed-since' | 'removed-since';

/** Something that an undo leaves as it is: one field, or the whole where none is named. */
export interface KeptValue {
  readonly field?: string;
  readonly why: KeptReason;
}

export interface ValuesUndo {
  /** The whole to write; missing where there is nothing to put back. */
  readonly restore?: Values;
  /** The run made it and it stands as the run left it. */
  readonly remove?: true;
  /** The run removed it: as it was. */
  readonly bringBack?: Values;
  readonly kept: readonly KeptValue[];
}

/**
 * Three-way undo of one record: what still stands as the run left it goes back to what it was before; what was changed
 * since stays and is listed. Of lists each entry is judged by itself. Whether anything refers to what is to be removed,
 * and whether an identifier is free, is the caller's to ask.
 */
export function undoRecord(current: Values | undefined, done: DoneByRun): ValuesUndo {
  if (done.action !== 'updated' && done.action !== 'inactivated') return undoWhole(current, done);
  if (current === undefined) return { kept: [{ why: 'removed-since' }] };
  const kept: KeptValue[] = [];
  const back: Record<string, unknown> = {};
  for (const field of Object.keys(done.after)) {
    const [before, after, now] = [done.before[field], done.after[field], current[field]];
    if (same(before, after) || same(now, before)) continue;
    if (Array.isArray(before)) back[field] = entriesBack(before, after as unknown[], now as unknown[]);
    else if (same(now, after)) back[field] = before;
    else kept.push({ field, why: 'changed-since' });
  }
  const changes = Object.entries(back).some(([field, value]) => !same(value, current[field]));
  return changes ? { restore: { ...current, ...back }, kept } : { kept };
}

/** The same of a member, which is taken as a whole: its dates and flag only make sense together. */
export function undoMember(current: Values | undefined, done: DoneByRun): ValuesUndo {
  if (done.action !== 'updated' && done.action !== 'inactivated') return undoWhole(current, done);
  if (current === undefined) return { kept: [{ why: 'removed-since' }] };
  if (sameValues(current, done.before)) return { kept: [] };
  if (!sameValues(current, done.after)) return { kept: [{ why: 'changed-since' }] };
  return { restore: { ...current, ...done.before }, kept: [] };
}

function undoWhole(current: Values | undefined, done: DoneByRun): ValuesUndo {
  if (done.action === 'removed') {
    if (current === undefined) return { bringBack: done.before, kept: [] };
    // It was made again by somebody, who may have meant something else by it.
    return sameValues(current, done.before) ? { kept: [] } : { kept: [{ why: 'changed-since' }] };
  }
  // Gone already is what the undo wants.
  if (current === undefined || done.action !== 'created') return { kept: [] };
  const changed = Object.keys(done.after).filter((field) => !same(current[field], done.after[field]));
  if (changed.length === 0) return { remove: true, kept: [] };
  return { kept: changed.map((field) => ({ field, why: 'changed-since' })) };
}

/** What the run added goes, what it took comes back; what else came or went since stays so. */
function entriesBack(
  before: readonly unknown[],
  after: readonly unknown[],
  now: readonly unknown[],
): unknown[] {
  const [had, left] = [new Set(before), new Set(after)];
  const stays = now.filter((entry) => had.has(entry) || !left.has(entry));
  const back = before.filter((entry) => !left.has(entry) && !now.includes(entry));
  return [...stays, ...back].sort((a, b) => Number(a) - Number(b));
}

function sameValues(current: Values, values: Values): boolean {
  return Object.keys(values).every((field) => same(current[field], values[field]));
}

function same(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((one, at) => one === b[at]);
}
