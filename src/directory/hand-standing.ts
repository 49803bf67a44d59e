import type { KeyOwnerOf } from '../domain/patron/key-clashes.ts';
import { keyFields, type KeyField, type PatronValues } from '../domain/patron/patron.ts';
import { foldKey } from '../domain/text/fold.ts';
import type { StoredContact } from '../ports/contacts.ts';
import type { StoredPatron } from '../ports/patrons.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import type { PatronPlan } from './apply-patrons.ts';
import { onlyOfPath, pathName, type PathName } from './find-patron.ts';

/** Whom and what an edit by hand is about, as far as it must be known to read what stands of it. */
export interface EditTarget {
  /** The patron as a path names it; undefined for one that is yet to be. */
  readonly who: string | undefined;
  /** The keys that it wants the patron to have. */
  readonly keys: Partial<Pick<PatronValues, KeyField>>;
}

/** What an edit is planned on. */
export interface EditSurroundings {
  /** Undefined for one that is yet to be. */
  readonly patron: StoredPatron | undefined;
  readonly contacts: readonly StoredContact[];
  readonly ownerOf: (...asked: Parameters<KeyOwnerOf>) => StoredPatron | undefined;
}

/** What stands of all that some edits are about. */
export class HandStanding {
  readonly #byId: ReadonlyMap<number, StoredPatron>;
  readonly #owners: Readonly<Record<KeyField, ReadonlyMap<string, StoredPatron>>>;
  readonly #contacts: ReadonlyMap<number, readonly StoredContact[]>;

  private constructor(
    byId: ReadonlyMap<number, StoredPatron>,
    owners: Readonly<Record<KeyField, ReadonlyMap<string, StoredPatron>>>,
    contacts: ReadonlyMap<number, readonly StoredContact[]>,
  ) {
    this.#byId = byId;
    this.#owners = owners;
    this.#contacts = contacts;
  }

  /** Reads it, by few reads however many edits they are. */
  static async load(reader: TenantReader, targets: readonly EditTarget[]): Promise<HandStanding> {
    const names = targets.flatMap(({ who }) => (who === undefined ? [] : [pathName(who)]));
    const ids = new Set(names.flatMap(({ id }) => (id === undefined ? [] : [id])));
    const ownersOf = async (field: KeyField): Promise<Map<string, StoredPatron>> => {
      const wanted = targets.map(({ keys }) => foldKey(keys[field] ?? ''));
      const keys = new Set([...names.flatMap((name) => keysOf(name, field)), ...wanted]);
      keys.delete('');
      return keys.size === 0 ? new Map() : reader.patrons.mapByKey(field, [...keys]);
    };
    const [patrons, username, barcode, externalid] = await Promise.all([
      ids.size === 0 ? Promise.resolve([]) : reader.patrons.findByIds([...ids]),
      ownersOf('username'),
      ownersOf('barcode'),
      ownersOf('externalid'),
    ]);
    const byId = new Map(patrons.map((patron) => [patron.id, patron]));
    const owners = { username, barcode, externalid };
    const found = new Set(ids);
    for (const name of names) for (const { id } of candidates(name, byId, owners)) found.add(id);
    const contacts = found.size === 0 ? new Map() : await reader.contacts.mapByPatron([...found]);
    return new HandStanding(byId, owners, contacts);
  }

  /** What stands around one of the edits; refused as `getPatronOfPath` where it names nobody, or several. */
  of({ who }: EditTarget): EditSurroundings {
    const ownerOf = (field: KeyField, folded: string) => this.#owners[field].get(folded);
    if (who === undefined) return { patron: undefined, contacts: [], ownerOf };
    const patron = onlyOfPath(who, pathName(who), this.#candidates(who));
    return { patron, contacts: this.#contacts.get(patron.id) ?? [], ownerOf };
  }

  /** Everything by which an edit could bear on another: patrons and keys that it looks for, gives up or takes. */
  touchedBy({ who, keys }: EditTarget, plan: PatronPlan | undefined): string[] {
    const touched = keyFields.map((field) => `${field} ${foldKey(keys[field] ?? '')}`);
    if (who !== undefined) {
      const name = pathName(who);
      for (const field of keyFields) for (const key of keysOf(name, field)) touched.push(`${field} ${key}`);
      for (const { id } of this.#candidates(who)) touched.push(`id ${id}`);
    }
    for (const patron of [plan?.after && plan.before, plan?.after]) {
      if (patron) for (const field of keyFields) touched.push(`${field} ${foldKey(patron[field])}`);
    }
    return touched.filter((one) => !one.endsWith(' '));
  }

  #candidates(who: string): readonly StoredPatron[] {
    return candidates(pathName(who), this.#byId, this.#owners);
  }
}

/** The folded keys of that field by which a name may mean somebody. */
function keysOf({ key, named }: PathName, field: KeyField): string[] {
  return [key, ...(named?.field === field ? [named.key] : [])];
}

/** All whom a name may mean. */
function candidates(
  name: PathName,
  byId: ReadonlyMap<number, StoredPatron>,
  owners: Readonly<Record<KeyField, ReadonlyMap<string, StoredPatron>>>,
): StoredPatron[] {
  const found = [
    name.id === undefined ? undefined : byId.get(name.id),
    ...keyFields.flatMap((field) => keysOf(name, field).map((key) => owners[field].get(key))),
  ];
  return [...new Map(found.flatMap((patron) => (patron ? [[patron.id, patron] as const] : []))).values()];
}
