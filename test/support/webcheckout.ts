import { effectiveDay } from '../../src/domain/access/effective-day.ts';
import { statusOn } from '../../src/domain/access/status.ts';
import type { Term } from '../../src/domain/access/term.ts';
import type { Described } from '../../src/domain/group/group.ts';
import { identifierOf, type RecordEntity } from '../../src/domain/records.ts';
import type { Capability } from '../../src/ports/accounts.ts';
import type { FileKindName, Run } from '../../src/ports/runs.ts';
import type { TenantReader } from '../../src/ports/tenant-store.ts';
import { getFileKind } from '../../src/sync/kinds/registry.ts';
import { openEngine, type CsvImport, type EngineTuning, type TestEngine } from './engine.ts';

/** A campus with two organizations, some things to lend and six patrons, A1 to A6, the last one inactive. */
export interface Campus extends AsyncDisposable {
  readonly engine: TestEngine;
  /** Imports a file given by its lines as the integration would. */
  readonly send: (kind: FileKindName, lines: readonly string[], request?: CsvImport) => Promise<Run>;
}

/** Plan kept, and plan made again inside the write transaction; a subject at a time. */
export const ways: readonly (readonly [string, EngineTuning])[] = [
  ['kept', { subjectsPerBatch: 1 }],
  ['made again', { subjectsPerBatch: 1, plannedRecordsMax: -1 }],
];

export const campusFiles: readonly (readonly [FileKindName, readonly string[]])[] = [
  ['organizations', ['name', 'Film School', 'Music']],
  [
    'resource-types',
    ['unique-identifier,name,restricted', 'CAMERA,Cameras,TRUE', 'LENS,Lenses,TRUE', 'CABLE,Cables,FALSE'],
  ],
  [
    'checkout-centers',
    ['name,portal-restricted,wco-restricted', 'Front Desk,FALSE,FALSE', 'Stage Desk,TRUE,TRUE'],
  ],
  [
    'patrons',
    [
      'username,externalid,firstname,status',
      'anna,A1,Anna,ACTIVE',
      'ben,A2,Ben,ACTIVE',
      'carl,A3,Carl,ACTIVE',
      'dora,A4,Dora,ACTIVE',
      'emil,A5,Emil,ACTIVE',
      'fay,A6,Fay,INACTIVE',
    ],
  ],
];

/** 2 March 2026, noon in London, where the campus lies. */
export const campusTime = Date.UTC(2026, 2, 2, 12);

export async function openCampus(tuning: EngineTuning = {}): Promise<Campus> {
  const engine = await openEngine(campusTime);
  const send: Campus['send'] = (kind, lines, request = {}) => {
    const mode = getFileKind(kind).modes[0]!.name;
    const csv = lines.map((line) => `${line}\n`).join('');
    return engine.importCsv(csv, { kind, mode, channel: 'cli', ...request }, tuning);
  };
  for (const [kind, lines] of campusFiles) await send(kind, lines);
  return { engine, send, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
}

/** Groups, sections, members and sets as they stand, by the names people have for them; blanks left out. */
export async function stateOf(reader: TenantReader, at = campusTime, zone = 'Europe/London') {
  const name = await namesOf(reader);
  const day = effectiveDay(at, zone);
  const term = ({ startDate, endDate, inactiveSince }: Term) => ({
    status: statusOn({ startDate, endDate, inactiveSince }, day, at),
    startDate,
    endDate,
  });
  const groups: Shown = {};
  for (const group of await all(reader, 'group')) {
    groups[group.uniqueIdentifier] = said({
      name: group.name,
      ...term(group),
      organization: name('organization', group.organizationId),
      primarySet: group.primarySetId === null ? null : name('authorization-set', group.primarySetId),
      ...(await described(reader, group)),
    });
  }
  const sections: Shown = {};
  const members: Record<string, Shown> = {};
  for (const section of await all(reader, 'section')) {
    sections[section.uniqueIdentifier] = said({
      name: section.name,
      ...term(section),
      group: name('group', section.groupId),
      ...(await described(reader, section)),
    });
    const roster: Shown = {};
    const stored = (await reader.members.mapBySection([section.id])).get(section.id) ?? [];
    for (const member of stored) {
      const patron = (await reader.patrons.findById(member.patronId))!;
      roster[patron.externalid] = said(term(member));
    }
    if (stored.length > 0) members[section.uniqueIdentifier] = roster;
  }
  const sets: Shown = {};
  for (const set of await all(reader, 'authorization-set')) {
    const list = (entity: RecordEntity, ids: readonly number[]) => ids.map((id) => name(entity, id)).sort();
    sets[set.uniqueIdentifier] = said({
      name: set.name,
      ...term(set),
      organization: name('organization', set.organizationId),
      description: set.description,
      resourceTypes: list('resource-type', set.resourceTypes),
      checkoutCenters: list('checkout-center', set.checkoutCenters),
      wcoCheckoutCenters: list('checkout-center', set.wcoCheckoutCenters),
      sets: list('authorization-set', set.sets),
    });
  }
  return { groups, sections, members, authorizationSets: sets };
}

type Shown = Record<string, Record<string, unknown>>;

async function described(reader: TenantReader, thing: Described) {
  const { contactPatronId, description, note, contactRole, telephone, email, url, contactNote } = thing;
  const person = contactPatronId === null ? undefined : await reader.patrons.findById(contactPatronId);
  return {
    contactPerson: person?.externalid ?? '',
    description,
    note,
    contactRole,
    telephone,
    email,
    url,
    contactNote,
  };
}

function said(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      Array.isArray(value) ? value.length > 0 : value !== null && value !== '',
    ),
  );
}

async function all<E extends RecordEntity>(reader: TenantReader, entity: E) {
  return reader.records[entity].listAfter(0, 10_000);
}

async function namesOf(reader: TenantReader): Promise<(entity: RecordEntity, id: number) => string> {
  const names = new Map<string, string>();
  for (const entity of [
    'organization',
    'resource-type',
    'checkout-center',
    'group',
    'authorization-set',
  ] as const) {
    for (const record of await all(reader, entity)) names.set(`${entity} ${record.id}`, identifierOf(record));
  }
  return (entity, id) => names.get(`${entity} ${id}`) ?? `? ${id}`;
}

/** The failed rows of a run and what else it has to say of rows, as `row code value suggestion`. */
export async function reportOf(engine: TestEngine, runId: number): Promise<string[]> {
  const { items } = await engine.store.read.runRows.list(runId, { page: 1, pageSize: 200 });
  return items
    .filter(({ note }) => note !== null)
    .map(({ row, note }) => [row, note!.code, note!.value, note!.suggestion].filter(Boolean).join(' '));
}

/** An account by which files may come in. */
export function addAccount(
  { store, clock }: TestEngine,
  username: string,
  capabilities: readonly Capability[],
  organizations: readonly string[],
): Promise<number> {
  const account = { username, passwordHash: 'none', capabilities, organizations, createdAt: clock.now() };
  return store.transact((tx) => tx.accounts.insert(account));
}
