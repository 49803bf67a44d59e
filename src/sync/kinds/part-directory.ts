import type { PatronContacts, StoredContact } from '../../ports/contacts.ts';
import type { TenantReader } from '../../ports/tenant-store.ts';
import type { Partition } from '../scan/partition.ts';

/** Reading everybody in order pays where the part names at least one patron in so many. */
const patronsPerSubject = 4;

/**
 * Who the usernames of a part of a file are, asked by reading all usernames once: a look-up of each by itself costs
 * about ten times as much.
 */
export class PartDirectory {
  /** By subject; 0 where there is no such patron. */
  readonly #patronIds: Float64Array;
  readonly #hasContacts: boolean;

  private constructor(patronIds: Float64Array, hasContacts: boolean) {
    this.#patronIds = patronIds;
    this.#hasContacts = hasContacts;
  }

  /** Reads it; undefined where the part names too few for that. */
  static async read(reader: TenantReader, part: Partition): Promise<PartDirectory | undefined> {
    if (part.subjectCount * patronsPerSubject < (await reader.patrons.count())) return undefined;
    const patronIds = new Float64Array(part.subjectCount);
    await reader.patrons.walkUsernames((id, usernameKey) => {
      const subject = part.find(usernameKey);
      if (subject >= 0) patronIds[subject] = id;
    });
    return new PartDirectory(patronIds, !(await reader.contacts.isEmpty()));
  }

  /** Whether there is nothing to be asked for: no patron has a contact. */
  get isWhole(): boolean {
    return !this.#hasContacts;
  }

  /** What is stored of some subjects, by their places in the part, in their order; undefined where there is no patron. */
  async contactsOf(
    reader: TenantReader,
    subjects: readonly number[],
  ): Promise<(PatronContacts | undefined)[]> {
    const ids = subjects.map((subject) => this.#patronIds[subject] ?? 0);
    const stored = this.#hasContacts
      ? await reader.contacts.mapByPatron(ids.filter((id) => id > 0))
      : undefined;
    return ids.map((patronId) =>
      patronId === 0 ? undefined : { patronId, contacts: stored?.get(patronId) ?? none },
    );
  }
}

/** In place of a subject that means no patron. */
export const nobody = -1;

const none: readonly StoredContact[] = [];
