import type { Day, TermStatus } from '../domain/access/term.ts';
import type { AccessTarget } from '../ports/access.ts';
import type { Channel } from '../ports/changes.ts';
import type { RecordChange, StoredRecordChange } from '../ports/record-changes.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { listWithContactPerson } from './erase-access.ts';
import { nameReferences } from './record-names.ts';
import { viewInstant } from './views.ts';

/** The dates of a membership, and since when it is flagged. */
interface ExportedTerm {
  readonly startDate: Day | null;
  readonly endDate: Day | null;
  readonly inactiveSince: string | null;
}

/** What is held about whom to ask; blank where nothing is known. */
interface ExportedPerson {
  readonly contactRole: string;
  readonly telephone: string;
  readonly email: string;
  readonly url: string;
  readonly contactNote: string;
}

/** What is held about a patron among groups and access. Sections and groups are named by their unique identifiers. */
export interface AccessExport {
  readonly memberships: (ExportedTerm & {
    readonly section: string;
    readonly status: TermStatus;
    readonly createdAt: string;
    readonly updatedAt: string;
  })[];
  readonly membershipHistory: (ExportedEvent & {
    readonly section: string;
    readonly before: ExportedTerm | null;
    readonly after: ExportedTerm | null;
  })[];
  /** What daily runs did to memberships. */
  readonly statusChanges: {
    readonly day: Day;
    readonly section: string;
    readonly from: TermStatus;
    readonly to: TermStatus;
  }[];
  /** What access daily runs gave and took (W3). */
  readonly turns: {
    readonly day: Day;
    readonly gained: ExportedTarget[];
    readonly lost: ExportedTarget[];
  }[];
  readonly overrides: (ExportedTarget & {
    readonly at: string;
    readonly operator: string;
    readonly reason: string;
  })[];
  readonly contactPersonOf: (ExportedPerson & {
    readonly entity: 'group' | 'section';
    readonly uniqueIdentifier: string;
  })[];
  readonly contactPersonHistory: (ExportedEvent & {
    readonly entity: string;
    readonly uniqueIdentifier: string;
    readonly before: ExportedPerson | null;
    readonly after: ExportedPerson | null;
  })[];
}

interface ExportedTarget {
  readonly kind: AccessTarget['kind'];
  /** Its identifier, or name. */
  readonly target: string;
}

interface ExportedEvent {
  readonly at: string;
  readonly actor: string;
  readonly channel: Channel;
  readonly runId: number | null;
  readonly action: RecordChange['action'];
}

const everything = { page: 1, pageSize: Number.MAX_SAFE_INTEGER };

/** Everything held about the patron with that id among groups, sections, daily runs and overrides. */
export async function exportAccess(reader: TenantReader, patronId: number): Promise<AccessExport> {
  const members = (await reader.members.mapByPatron([patronId])).get(patronId) ?? [];
  const journal = await reader.recordChanges.listByPatron(patronId);
  const statusChanges = await reader.dailyRuns.listChangesByPatron(patronId);
  const turns = await reader.accessTurns.listByPatron(patronId);
  const overrides = await reader.accessOverrides.list({ patronId, ...everything });
  const sections = [
    ...members.map(({ sectionId }) => sectionId),
    ...journal.map(({ recordId }) => recordId),
    ...statusChanges.map(({ id }) => id),
  ].map((id) => ({ entity: 'section' as const, id }));
  const targets = [
    ...overrides.items.map(({ target }) => target),
    ...turns.flatMap(({ gained, lost }) => [...gained, ...lost]),
  ].map((target) => ({ entity: entityOfTarget(target), id: target.id }));
  const nameOf = await nameReferences(reader, [...sections, ...targets]);
  const exportedTarget = (target: AccessTarget) => ({
    kind: target.kind,
    target: nameOf(entityOfTarget(target), target.id),
  });
  return {
    memberships: members.map((member) => ({
      section: nameOf('section', member.sectionId),
      status: member.status,
      ...exportedTerm(member),
      createdAt: viewInstant(member.createdAt),
      updatedAt: viewInstant(member.updatedAt),
    })),
    membershipHistory: journal.map((change) => ({
      ...exportedEvent(change),
      section: nameOf('section', change.recordId),
      before: change.before && exportedTerm(change.before),
      after: change.after && exportedTerm(change.after),
    })),
    statusChanges: statusChanges.map(({ day, id, from, to }) => ({
      day,
      section: nameOf('section', id),
      from,
      to,
    })),
    turns: turns.map(({ day, gained, lost }) => ({
      day,
      gained: gained.map(exportedTarget),
      lost: lost.map(exportedTarget),
    })),
    overrides: overrides.items.map(({ at, operator, target, reason }) => ({
      at: viewInstant(at),
      operator,
      ...exportedTarget(target),
      reason,
    })),
    contactPersonOf: [
      ...(await personOf(reader, 'group', patronId)),
      ...(await personOf(reader, 'section', patronId)),
    ],
    contactPersonHistory: (await reader.recordChanges.listNamingPerson(patronId)).map((change) => ({
      ...exportedEvent(change),
      entity: change.entity,
      uniqueIdentifier: String(change.after?.['uniqueIdentifier'] ?? change.before?.['uniqueIdentifier']),
      before: personIn(change.before, patronId),
      after: personIn(change.after, patronId),
    })),
  };
}

async function personOf(reader: TenantReader, entity: 'group' | 'section', patronId: number) {
  const records = await listWithContactPerson(reader, entity, patronId);
  return records.map((record) => ({
    entity,
    uniqueIdentifier: record.uniqueIdentifier,
    ...exportedPerson(record),
  }));
}

/** Null where the person to ask was somebody else, whom this is not about. */
function personIn(values: StoredRecordChange['before'], patronId: number): ExportedPerson | null {
  return values?.['contactPatronId'] === patronId ? exportedPerson(values) : null;
}

function exportedPerson(values: Partial<ExportedPerson>): ExportedPerson {
  const { contactRole = '', telephone = '', email = '', url = '', contactNote = '' } = values;
  return { contactRole, telephone, email, url, contactNote };
}

function exportedTerm(values: {
  readonly startDate?: unknown;
  readonly endDate?: unknown;
  readonly inactiveSince?: unknown;
}): ExportedTerm {
  const { startDate = null, endDate = null, inactiveSince = null } = values;
  return {
    startDate: startDate as Day | null,
    endDate: endDate as Day | null,
    inactiveSince: inactiveSince === null ? null : viewInstant(inactiveSince as number),
  };
}

function exportedEvent({ at, actor, runId, action }: StoredRecordChange): ExportedEvent {
  return { at: viewInstant(at), actor: actor.name, channel: actor.channel, runId, action };
}

function entityOfTarget({ kind }: AccessTarget): 'resource-type' | 'checkout-center' {
  return kind === 'resource-type' ? kind : 'checkout-center';
}
