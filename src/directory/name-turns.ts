import type { LinkTurn } from '../domain/access/spans.ts';
import { displayName } from '../domain/patron/identity.ts';
import type { KeyField } from '../domain/patron/patron.ts';
import { identifierOf, type RecordEntity, type RecordTypes } from '../domain/records.ts';
import type { RecordedTurn } from '../ports/access-turns.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { StoredPatron } from '../ports/patrons.ts';

import type { TenantReader } from '../ports/tenant-store.ts';

/** A target as it is shown; null stands where it is no longer registered. */
export interface TargetView {
  readonly kind: AccessTarget['kind'];
  readonly identifier: string | null;
  readonly name: string | null;
}

/** Something that starts or ends, as it is shown; of a membership its section. */
export interface LinkTurnView {
  readonly entity: LinkTurn['entity'];
  readonly turn: 'start' | 'end';
  readonly uniqueIdentifier: string | null;
  readonly name: string | null;
}

/** A patron as lists of changes show it; null where it is no longer there. */
export interface PersonView {
  readonly patronId: number;
  /** The Person-ID (S3). */
  readonly patron: string | null;
  readonly patronName: string | null;
}

/** What one patron gains and loses, in names. */
export interface TurnView extends PersonView {
  readonly gained: TargetView[];
  readonly lost: TargetView[];
  readonly because: LinkTurnView[];
}

/** Turns in names, all asked for together. */
export async function nameTurns(reader: TenantReader, turns: readonly RecordedTurn[]): Promise<TurnView[]> {
  const targetOf = await nameTargets(
    reader,
    turns.flatMap(({ gained, lost }) => [...gained, ...lost]),
  );
  const linkOf = await nameLinks(
    reader,
    turns.flatMap(({ because }) => because),
  );
  const personOf = await namePersons(
    reader,
    turns.map(({ patronId }) => patronId),
  );
  return turns.map(({ patronId, gained, lost, because }) => ({
    ...personOf(patronId),
    gained: gained.map(targetOf),
    lost: lost.map(targetOf),
    because: because.map(linkOf),
  }));
}

export async function nameTargets(
  reader: TenantReader,
  targets: readonly AccessTarget[],
): Promise<(target: AccessTarget) => TargetView> {
  const nameOf = await nameRecords(
    reader,
    targets.map(({ kind, id }) => ({ entity: registryOf(kind), id })),
  );
  return ({ kind, id }) => {
    const { uniqueIdentifier: identifier, name } = nameOf(registryOf(kind), id);
    return { kind, identifier, name };
  };
}

export async function nameLinks(
  reader: TenantReader,
  links: readonly LinkTurn[],
): Promise<(link: LinkTurn) => LinkTurnView> {
  const nameOf = await nameRecords(
    reader,
    links.map(({ entity, id }) => ({ entity: recordOf(entity), id })),
  );
  return ({ entity, id, turn }) => ({ entity, turn, ...nameOf(recordOf(entity), id) });
}

export async function namePersons(
  reader: TenantReader,
  patronIds: readonly number[],
): Promise<(patronId: number) => PersonView> {
  const { personIdField } = await reader.settings.get();
  const wanted = [...new Set(patronIds)];
  const found = wanted.length === 0 ? [] : await reader.patrons.findByIds(wanted);
  const patrons = new Map(found.map((patron) => [patron.id, patron]));
  return (patronId) => personView(patronId, patrons.get(patronId), personIdField);
}

function personView(patronId: number, patron: StoredPatron | undefined, field: KeyField): PersonView {
  if (patron === undefined) return { patronId, patron: null, patronName: null };
  return { patronId, patron: patron[field], patronName: displayName(patron) };
}

interface Names {
  readonly uniqueIdentifier: string | null;
  readonly name: string | null;
}

const gone: Names = { uniqueIdentifier: null, name: null };

/** Identifier and name of records of several entities; a checkout center’s name is its identifier. */
export async function nameRecords(
  { records }: Pick<TenantReader, 'records'>,
  wanted: readonly { readonly entity: RecordEntity; readonly id: number }[],
): Promise<(entity: RecordEntity, id: number) => Names> {
  const names = new Map<string, Names>();
  for (const [entity, ofEntity] of Map.groupBy(wanted, (record) => record.entity)) {
    const ids = [...new Set(ofEntity.map(({ id }) => id))];
    const found: RecordTypes[RecordEntity][] = await records[entity].findByIds(ids);
    for (const record of found) {
      names.set(`${entity} ${record.id}`, { uniqueIdentifier: identifierOf(record), name: record.name });
    }
  }
  return (entity, id) => names.get(`${entity} ${id}`) ?? gone;
}

function registryOf(kind: AccessTarget['kind']): RecordEntity {
  return kind === 'resource-type' ? kind : 'checkout-center';
}

function recordOf(entity: LinkTurn['entity']): RecordEntity {
  return entity === 'member' ? 'section' : entity;
}
