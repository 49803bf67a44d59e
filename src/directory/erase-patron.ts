import { MusterError } from '../domain/errors.ts';
import { fullName } from '../domain/patron/identity.ts';
import type { Patron } from '../domain/patron/patron.ts';
import type { Actor } from '../ports/changes.ts';
import type { Run } from '../ports/runs.ts';
import type { TenantReader, TenantStore, TenantTransactor } from '../ports/tenant-store.ts';
import { eraseAccess, type ErasedAccess } from './erase-access.ts';

/** What an erasure removed, and where something of the patron may still lie. */
export interface Erasure extends ErasedAccess {
  readonly patronId: number;
  readonly contacts: number;
  readonly journalEntries: number;
  /** Files that were sent and are no longer kept, since one patron cannot be cut out of them. */
  readonly deliveries: number;
  /** Runs whose files are still needed: held or not done yet. */
  readonly keptFilesOf: readonly Pick<Run, 'id' | 'kind' | 'state'>[];
}

const entriesPerPage = 500;
const everything = Number.MAX_SAFE_INTEGER;

/**
 * Removes a patron and everything kept about them: contacts, memberships, overrides, what is said of them as a
 * contact person, journal, results of rows, plans, and the bytes of all finished deliveries of the tenant. The audit keeps that it was done, with the id alone. In the files nothing
 * is left once `scrub` has followed, which this does. `not-found` where the patron is gone already.
 */
export async function erasePatron(
  store: TenantStore,
  patronId: number,
  actor: Actor,
  at: number,
): Promise<Erasure> {
  const erasure = await store.transact((tx) => erase(tx, patronId, actor, at));
  await store.scrub();
  return erasure;
}

async function erase(tx: TenantTransactor, patronId: number, actor: Actor, at: number): Promise<Erasure> {
  const patron = await tx.patrons.findById(patronId);
  if (!patron) throw new MusterError('not-found', `There is no patron ${patronId}.`);
  const contacts = await tx.contacts.listByPatron(patronId);
  const journal = await wholeJournal(tx, patronId);
  const { known, ...access } = await eraseAccess(tx, patronId, at);
  await tx.contacts.saveLists([{ patronId, before: contacts, after: [] }]);
  await tx.patrons.remove([patronId]);
  await tx.fingerprints.touched('patron', [patronId], undefined);
  await tx.changes.removeByPatron(patronId);
  // A plan that was made before must be made again, though nothing is journalled.
  await tx.allocateIds('change', 1);
  const texts = textsOf([patron, contacts, journal, known]);
  await tx.runRows.removeByPatron(patronId, texts);
  await tx.plans.removeByPatron(patronId, texts);
  let deliveries = 0;
  for (let purged = 1; purged > 0; deliveries += purged) {
    purged = await tx.deliveries.purgeBefore(everything, at, entriesPerPage);
  }
  const keptFilesOf = await runsWithFiles(tx);
  const erasure = { contacts: contacts.length, journalEntries: journal.length, ...access, deliveries };
  await tx.audit.append({
    at,
    actor,
    action: 'patron.erased',
    subject: `patron ${patronId}`,
    detail: erasure,
  });
  return { patronId, ...erasure, keptFilesOf };
}

async function wholeJournal(reader: TenantReader, patronId: number): Promise<unknown[]> {
  return (await reader.changes.mapByPatron([patronId])).get(patronId) ?? [];
}

async function runsWithFiles(reader: TenantReader): Promise<Erasure['keptFilesOf']> {
  const held = await reader.runs.list({ state: 'held', page: 1, pageSize: entriesPerPage });
  return [...held.items, ...(await reader.runs.listUnfinished())]
    .filter(({ deliveryId }) => deliveryId !== null)
    .map(({ id, kind, state }) => ({ id, kind, state }));
}

/** Fields whose values say who somebody is; a role or a room is shared by many. */
const personal = new Set([
  'username',
  'barcode',
  'externalid',
  'firstname',
  'surname',
  'contact',
  'addressee',
  'importedAs',
  'telephone',
  'email',
]);

/** Every personal value anywhere in the records, also as reports put it: a key with its name, both names. */
function textsOf(records: unknown): string[] {
  const texts = new Set<string>();
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    if ('firstname' in value && 'surname' in value) texts.add(fullName(value as Patron));
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner !== 'string') visit(inner);
      else if (personal.has(name) && inner !== '') texts.add(inner).add(`${name} ${inner}`);
    }
  };
  visit(records);
  return [...texts];
}
