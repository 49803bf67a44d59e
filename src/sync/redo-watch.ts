import type { PlanChange } from '../domain/plan/plan-change.ts';
import type { ImportKindName } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { PatronRedoes } from './redo-patrons.ts';
import { RecordRedoes } from './redo-records.ts';

/** An undo that stands, and nobody has approved since that its work be done again. */
interface OpenUndo {
  readonly undone: number;
  readonly patrons: PatronRedoes;
  readonly records: RecordRedoes;
}

/**
 * Finds whether a plan would do again what an undo took back, as a nightly file does whose source was not
 * mended. Once somebody has approved such a run, the undo is not asked about again; nor where the journal of it
 * is gone.
 */
export class RedoWatch {
  readonly #undos: readonly OpenUndo[];

  private constructor(undos: readonly OpenUndo[]) {
    this.#undos = undos;
  }

  static async open(
    reader: TenantReader,
    kinds: readonly ImportKindName[],
    wanted: boolean,
  ): Promise<RedoWatch> {
    const undos: OpenUndo[] = [];
    for (const { id, kind, undoes } of wanted ? await reader.runs.listOpenUndos(kinds) : []) {
      undos.push({
        undone: undoes!,
        patrons: await PatronRedoes.open(reader, id, kind),
        records: await RecordRedoes.open(reader, id, kind),
      });
    }
    return new RedoWatch(undos);
  }

  async see(reader: TenantReader, changes: readonly PlanChange[]): Promise<void> {
    if (this.#undos.length === 0 || changes.length === 0) return;
    const ofPatrons = changes.filter((change) => change.about === 'patron');
    const patronIds = ofPatrons.flatMap(({ patronId }) => patronId ?? []);
    const journal = await reader.changes.mapByPatron(patronIds);
    for (const { patrons } of this.#undos) patrons.see(ofPatrons, journal);

    const entries = await RecordRedoes.journalOf(reader, changes);
    for (const { records } of this.#undos) records.see(changes, entries);
  }

  /** The undone runs whose work would be done again, and for how many patrons or records. */
  get found(): { readonly undone: number; readonly subjects: number; readonly noun: 'patron' | 'record' }[] {
    return this.#undos.flatMap(({ undone, patrons, records }) => [
      ...(patrons.found > 0 ? [{ undone, subjects: patrons.found, noun: 'patron' } as const] : []),
      ...(records.found > 0 ? [{ undone, subjects: records.found, noun: 'record' } as const] : []),
    ]);
  }
}
