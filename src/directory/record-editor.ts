import { effectiveDay } from '../domain/access/effective-day.ts';
import { statusOn } from '../domain/access/status.ts';
import type { Today } from '../domain/access/today.ts';
import { MusterError } from '../domain/errors.ts';
import { mayManageAt, rightsOf, type OperatorRights } from '../domain/organization/operator-rights.ts';
import { identifierOf, recordNouns, type RecordEntity, type RecordTypes } from '../domain/records.ts';
import type { Account } from '../ports/accounts.ts';
import type { Actor } from '../ports/changes.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { Tenant, TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import { applyRecordChanges, type RecordJournal } from './apply-records.ts';

/** Who edits groups, sections, sets and registries by hand, when, and what they may. */
export interface RecordEditor {
  readonly actor: Actor;
  readonly today: Today;
  readonly rights: OperatorRights;
}

/** The account as an editor at an instant (epoch milliseconds). */
export function recordEditor(
  tenant: Tenant,
  { username, capabilities, organizations }: Account,
  actor: Actor,
  at: number,
): RecordEditor {
  return editorWith(tenant, rightsOf({ name: username, capabilities, organizations }), actor, at);
}

/** An editor with rights that are known already. */
export function editorWith({ zone }: Tenant, rights: OperatorRights, actor: Actor, at: number): RecordEditor {
  const day = effectiveDay(at, zone);
  return { actor, rights, today: { at, statusOf: (term) => statusOn(term, day, at) } };
}

/** How what an editor does is journalled. */
export function journalOf({ actor, today }: RecordEditor): RecordJournal {
  return { runId: null, actor, journalCreations: true, ...today };
}

/** A record by its identifier, exactly as it is spelled; `not-found` where there is none. */
export async function getRecord<E extends RecordEntity>(
  reader: Pick<TenantReader, 'records'>,
  entity: E,
  identifier: string,
): Promise<StoredRecord<E>> {
  const record = await reader.records[entity].findByIdentifier(identifier);
  if (record) return record;
  throw new MusterError('not-found', `There is no ${recordNouns[entity][0]} “${identifier}”.`);
}

/**
 * Writes a record made or changed by hand, with its journal; nothing where nothing changes. `conflict` where another
 * one has the identifier, `forbidden` where somebody else than an administrator changes it (W9).
 */
export async function saveRecord<E extends RecordEntity>(
  tx: TenantTransactor,
  entity: E,
  before: StoredRecord<E> | undefined,
  after: Omit<RecordTypes[E], 'id'>,
  by: RecordEditor,
): Promise<StoredRecord<E>> {
  // One that is yet to be made has a negative id until it is stored.
  const record = { ...after, id: before?.id ?? -1 } as unknown as RecordTypes[E];
  const identifier = identifierOf(record);
  if (before === undefined || identifierOf(before) !== identifier) {
    // W9: no file changes it, and by hand only an administrator does.
    if (before !== undefined && !by.rights.everywhere) {
      throw new MusterError('forbidden', 'Only an administrator changes an identifier.');
    }
    await refuseTaken(tx, entity, identifier);
  }
  const change = { about: 'record', entity, before, after: record } as unknown as Parameters<
    typeof applyRecordChanges
  >[1][number];
  if (before !== undefined && saysTheSame(before, record)) return before;
  const [id] = await applyRecordChanges(tx, [change], journalOf(by));
  return (await tx.records[entity].findById(id!))!;
}

/** W18: `forbidden` without *Manage Group Authorizations* at every one of the organizations, given by id. */
export async function refuseWithoutRight(
  reader: Pick<TenantReader, 'records'>,
  { rights }: RecordEditor,
  ...organizationIds: readonly number[]
): Promise<void> {
  for (const { name } of await reader.records.organization.findByIds([...new Set(organizationIds)])) {
    if (mayManageAt(rights, name)) continue;
    throw new MusterError(
      'forbidden',
      `“${rights.operator}” may not manage group authorizations at “${name}”. An administrator can give the account that capability there.`,
      { organization: name },
    );
  }
}

/** `bad-request` that points at a member of the body. */
export function refuseInput(path: string, message: string): never {
  throw new MusterError('bad-request', message, { errors: [{ in: 'body', path, message }] });
}

async function refuseTaken(tx: TenantTransactor, entity: RecordEntity, identifier: string): Promise<void> {
  if (!(await tx.records[entity].findByIdentifier(identifier))) return;
  throw new MusterError('conflict', `There is another ${recordNouns[entity][0]} “${identifier}” already.`);
}

function saysTheSame(before: object, after: object): boolean {
  const standing = before as Readonly<Record<string, unknown>>;
  return Object.entries(after).every(
    ([field, value]) => JSON.stringify(standing[field]) === JSON.stringify(value),
  );
}
