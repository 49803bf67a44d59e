import type { KeyField } from '../../../domain/patron/patron.ts';
import { foldKey } from '../../../domain/text/fold.ts';
import type { TenantReader } from '../../../ports/tenant-store.ts';

/** Texts remembered at once: a file of a million rows names each patron many times. */
const rememberedMax = 500_000;

/** Finds patrons by Person-ID (S3), each text asked for once. */
export class PersonIds {
  readonly #field: KeyField;
  /** Text as it stands → patron id, 0 where nobody has it. */
  #ids = new Map<string, number>();

  constructor(field: KeyField) {
    this.#field = field;
  }

  /**
   * Asks for all of the texts that are not known yet; gives the function that knows them, good for these texts
   * whatever is asked for later.
   */
  async find(reader: TenantReader, texts: Iterable<string>): Promise<(text: string) => number | undefined> {
    if (this.#ids.size > rememberedMax) this.#ids = new Map();
    const ids = this.#ids;
    const unknown = new Map<string, string>();
    for (const text of texts) {
      if (text !== '' && !ids.has(text) && !unknown.has(text)) unknown.set(text, foldKey(text));
    }
    if (unknown.size > 0) {
      const found = await reader.patrons.mapIdsByKey(this.#field, [...new Set(unknown.values())]);
      for (const [text, key] of unknown) ids.set(text, found.get(key) ?? 0);
    }
    return (text) => ids.get(text) || undefined;
  }
}
