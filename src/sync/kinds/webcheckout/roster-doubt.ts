import type { TenantReader } from '../../../ports/tenant-store.ts';
import type { StrayRows } from '../../scan/stray-rows.ts';
import type { PersonIds } from './person-ids.ts';

/**
 * S5: what a members file leaves open in rows that do not surely say which section they are about. A row without a
 * section may be about any that has its member; one with too many cells about any section or member that any of its
 * cells names; and a file that was cut off may lack rows of anybody.
 */
export class RosterDoubt {
  readonly #anybody: boolean;
  readonly #sections = new Set<string>();
  readonly #members = new Set<string>();
  #patrons: Promise<ReadonlySet<number>> | undefined;

  constructor({ rows, anybody }: StrayRows, memberColumn: number) {
    let someone = false;
    for (const { cells, tooLong } of rows) {
      const texts = (tooLong ? cells : [cells[memberColumn] ?? '']).map((cell) => cell.trim());
      for (const text of texts) {
        if (text === '') continue;
        this.#members.add(text);
        if (tooLong) this.#sections.add(text);
      }
      // Neither section nor member: it may have meant anybody at all.
      someone ||= !tooLong && texts[0] === '';
    }
    this.#anybody = anybody || someone;
  }

  /** Whether anything at all is left open. */
  get exists(): boolean {
    return this.#anybody || this.#members.size > 0;
  }

  /** Whether nobody of that section is left out for sure. */
  concernsAllOf(section: string): boolean {
    return this.#anybody || this.#sections.has(section);
  }

  /** Patrons of whom it is not known which section they were left out of. */
  patrons(reader: TenantReader, persons: PersonIds): Promise<ReadonlySet<number>> {
    return (this.#patrons ??= this.#find(reader, persons));
  }

  async #find(reader: TenantReader, persons: PersonIds): Promise<ReadonlySet<number>> {
    const rows = Array.from(this.#members, (member) => ({ member, patronId: 0 }));
    await persons.identify(reader, [{ rows }]);
    return new Set(rows.map(({ patronId }) => patronId).filter((id) => id > 0));
  }
}
