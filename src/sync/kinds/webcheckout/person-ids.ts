import type { KeyField } from '../../../domain/patron/patron.ts';
import { foldKey } from '../../../domain/text/fold.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';

/** Texts remembered at once: a file of a million rows names each patron many times. */
const rememberedMax = 500_000;

/** What names a patron by Person-ID; whom, is filled in: 0 where nobody has it. */
interface Named {
  readonly member: string;
  patronId: number;
}

/** Finds patrons by Person-ID (S3), each text asked for once. */
export class PersonIds {
  readonly #field: KeyField;
  /** Text as it stands → patron id, 0 where nobody has it. */
  readonly #ids = new Map<string, number>();

  constructor(field: KeyField) {
    this.#field = field;
  }

  /** Fills in whom each row of the groups names, whatever their status; blank ones are left. */
  async identify(
    reader: TenantReader,
    groups: readonly { readonly rows: readonly Named[] }[],
  ): Promise<void> {
    const unknown: Named[] = [];
    for (const { rows } of groups) {
      for (const row of rows) {
        if (row.member === '') continue;
        const id = this.#ids.get(row.member);
        if (id === undefined) unknown.push(row);
        else row.patronId = id;
      }
    }
    if (unknown.length > 0) await this.#ask(reader, unknown);
  }

  async #ask(reader: TenantReader, unknown: readonly Named[]): Promise<void> {
    const keys = new Set<string>();
    for (const { member } of unknown) keys.add(foldKey(member));
    const found = await reader.patrons.mapIdsByKey(this.#field, [...keys]);
    if (this.#ids.size > rememberedMax) this.#ids.clear();
    for (const row of unknown) {
      row.patronId = found.get(foldKey(row.member)) ?? 0;
      this.#ids.set(row.member, row.patronId);
    }
  }
}
