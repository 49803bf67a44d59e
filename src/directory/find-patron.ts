import { MusterError } from '../domain/errors.ts';
import { displayName } from '../domain/patron/identity.ts';
import { keyFields, type KeyField } from '../domain/patron/patron.ts';
import type { PatronReader, StoredPatron } from '../ports/patrons.ts';

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
export async function getPatronOfPath(reader: Reader, text: string): Promise<StoredPatron> {
  const [byId, byAnyKey, byNamedKey] = await Promise.all([
    findById(reader, text),
    reader.patrons.listByAnyKey(text),
    findByNamedKey(reader, text),
  ]);
  return byId ?? onlyOf(text, byAnyKey, byNamedKey);
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
  const id = Number(text.trim());
  return /^\d+$/.test(text.trim()) && Number.isSafeInteger(id) ? reader.patrons.findById(id) : undefined;
}

/** `username:…`, `barcode:…`, `externalid:…` or `id:…`. */
async function findByNamedKey(reader: Reader, text: string): Promise<StoredPatron | undefined> {
  const [, name = '', value = ''] = /^\s*([a-z]+):(.*)$/isu.exec(text) ?? [];
  const field = name.toLowerCase();
  if (field === 'id') return findById(reader, value);
  return keyFields.includes(field as KeyField)
    ? reader.patrons.findByKey(field as KeyField, value)
    : undefined;
}
