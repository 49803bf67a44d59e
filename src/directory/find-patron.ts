import { MusterError } from '../domain/errors.ts';
import { displayName } from '../domain/patron/identity.ts';
import { keyFields, type KeyField } from '../domain/patron/patron.ts';
import { foldKey } from '../domain/text/fold.ts';
import type { PatronName, PatronWithContacts } from '../ports/patron-lookup.ts';
import type { PatronReader, StoredPatron } from '../ports/patrons.ts';
import type { TenantReader } from '../ports/tenant-store.ts';

type Reader = { readonly patrons: PatronReader };

/**
 * The patron that a text names by id, username, barcode or externalid (S4); `barcode:123` says which one
 * is meant. `MusterError('ambiguous')` where it names several patrons, `MusterError('not-found')` where none.
 */
export async function getPatron(reader: Reader, text: string): Promise<StoredPatron> {
  // All that it may mean is asked for at once.
  const [byId, byAnyKey, byNamedKey] = await Promise.all([
    findById(reader, text),
    reader.patrons.listByAnyKey(text),
    findByNamedKey(reader, text),
  ]);
  return onlyOf(text, [...(byId ? [byId] : []), ...byAnyKey], byNamedKey);
}

/**
 * The patron of a path `/patrons/{id}`: there a number that is a patron's id is the id, whoever else may have
 * it as a key, so that every patron can be reached; otherwise as `getPatron`.
 */
export async function getPatronOfPath(
  reader: Pick<TenantReader, 'lookup'>,
  text: string,
): Promise<StoredPatron> {
  return (await getPatronWithContacts(reader, text)).patron;
}

/** The same with its contacts, by one read. */
export async function getPatronWithContacts(
  { lookup }: Pick<TenantReader, 'lookup'>,
  text: string,
): Promise<PatronWithContacts> {
  const name = pathName(text);
  const found = await lookup.listNamed(name);
  const named = found.map(({ patron }) => patron);
  const { id } = onlyOfPath(text, name, named);
  return found.find(({ patron }) => patron.id === id)!;
}

/** What the text of a path may mean. */
export interface PathName extends PatronName {
  /** Whether the id goes before any key. */
  readonly isId: boolean;
}

export function pathName(text: string): PathName {
  const key = foldKey(text);
  const id = idOf(text);
  if (id !== undefined) return { key, id, isId: true };
  const [field, value] = namedKeyOf(text);
  if (field === 'id') return { key, id: idOf(value), isId: false };
  if (!isKeyField(field)) return { key, isId: false };
  return { key, named: { field, key: foldKey(value) }, isId: false };
}

/** The one of all whom the name may mean; `found` are those who are there. */
export function onlyOfPath(
  text: string,
  { key, id, isId, named }: PathName,
  found: readonly StoredPatron[],
): StoredPatron {
  const byId = found.find((patron) => patron.id === id);
  if (isId && byId) return byId;
  const byAnyKey = keyFields.flatMap((field) =>
    found.filter((patron) => key !== '' && foldKey(patron[field]) === key),
  );
  const byNamedKey = found.find(
    (patron) => named && named.key !== '' && foldKey(patron[named.field]) === named.key,
  );
  return onlyOf(text, byAnyKey, byId ?? byNamedKey);
}

/** The one that was found; where nobody was, the one whose key was named. */
function onlyOf(text: string, found: readonly StoredPatron[], named: StoredPatron | undefined): StoredPatron {
  const patrons = [...new Map(found.map((patron) => [patron.id, patron])).values()];
  const only = patrons[0] ?? named;
  if (only === undefined) {
    throw new MusterError('not-found', `No patron has the id, username, barcode or externalid “${text}”.`);
  }
  if (patrons.length > 1) {
    const names = patrons.map((patron) => `${displayName(patron)} (id:${patron.id})`).join(', ');
    throw new MusterError(
      'ambiguous',
      `“${text}” names ${patrons.length} patrons: ${names}. Say which key is meant, e.g. “barcode:${text}”.`,
      { ids: patrons.map(({ id }) => id) },
    );
  }
  return only;
}

async function findById(reader: Reader, text: string): Promise<StoredPatron | undefined> {
  const id = idOf(text);
  return id === undefined ? undefined : reader.patrons.findById(id);
}

async function findByNamedKey(reader: Reader, text: string): Promise<StoredPatron | undefined> {
  const [field, value] = namedKeyOf(text);
  if (field === 'id') return findById(reader, value);
  return isKeyField(field) ? reader.patrons.findByKey(field, value) : undefined;
}

function idOf(text: string): number | undefined {
  const id = Number(text.trim());
  return /^\d+$/.test(text.trim()) && Number.isSafeInteger(id) ? id : undefined;
}

/** `username:…`, `barcode:…`, `externalid:…` or `id:…`. */
function namedKeyOf(text: string): [field: string, value: string] {
  const [, name = '', value = ''] = /^\s*([a-z]+):(.*)$/isu.exec(text) ?? [];
  return [name.toLowerCase(), value];
}

function isKeyField(name: string): name is KeyField {
  return keyFields.includes(name as KeyField);
}
