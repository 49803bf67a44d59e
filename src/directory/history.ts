import type { Contact } from '../domain/contact/contact.ts';
import type { Patron } from '../domain/patron/patron.ts';
import { differences, type FieldChange } from '../domain/record-fields.ts';
import type { Channel, StoredChange } from '../ports/changes.ts';
import type { Page, Provenance, StoredPatron } from '../ports/patrons.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { viewInstant } from './views.ts';

/** One thing that happened to a patron or to one of its contacts. */
export interface HistoryItem {
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Null where it is no longer known who it was. */
  readonly actor: string | null;
  readonly channel: Channel | null;
  /** The import or undo behind it; null: by hand or by a single request. */
  readonly runId: number | null;
  readonly entity: 'patron' | 'contact';
  readonly action: 'created' | 'updated' | 'inactivated' | 'removed';
  readonly contactId: number | null;
  readonly changes: FieldChange[];
}

/**
 * What happened to a patron, newest first: the journal, and the creations by imports, which are not
 * journalled but stand in the records themselves. So each value is told where it came from; with `field`
 * only what touched the field of that name.
 */
export async function listHistory(
  reader: TenantReader,
  patron: StoredPatron,
  { page, pageSize, field }: { page: number; pageSize: number; field?: string | undefined },
): Promise<Page<HistoryItem>> {
  const journal = (await reader.changes.mapByPatron([patron.id])).get(patron.id) ?? [];
  const contacts = await reader.contacts.listByPatron(patron.id);
  const births = [...patronBirths(patron, journal), ...contactBirths(contacts, journal)];
  const events = [...births, ...journal.map(eventOf)];
  const wanted = events.filter(
    ({ changes }) => field === undefined || changes.some((change) => change.field === field),
  );
  wanted.sort((a, b) => b.at - a.at || b.order - a.order);
  const shown = wanted.slice((page - 1) * pageSize, page * pageSize);
  return { items: await withActors(reader, shown), total: wanted.length };
}

/** One record as a run changed it. */
export type RecordOfRun = Pick<HistoryItem, 'entity' | 'action' | 'contactId' | 'changes'> & {
  /** What the contact reads, before where it was there before; null for the patron itself. */
  readonly contact: string | null;
};

/**
 * What one run did to a patron, from the journal and from who made what stands; `patron` is undefined where it was
 * removed since. Of a patron that was erased there is nothing.
 */
export function recordsOfRun(
  runId: number,
  patron: StoredPatron | undefined,
  contacts: readonly (Contact & Provenance)[],
  journal: readonly StoredChange[],
): RecordOfRun[] {
  const births = [...patronBirths(patron, journal), ...contactBirths(contacts, journal)];
  return [...births, ...journal.map(eventOf)]
    .filter((event) => event.runId === runId)
    .map(({ entity, action, contactId, contact, changes }) => ({
      entity,
      action,
      contactId,
      contact,
      changes,
    }));
}

interface Event extends Omit<HistoryItem, 'at' | 'actor' | 'channel'> {
  readonly contact: string | null;
  readonly at: number;
  readonly order: number;
  /** Undefined: the run knows who it was. */
  readonly by: StoredChange['actor'] | undefined;
}

function eventOf(entry: StoredChange): Event {
  const { id, at, runId, actor, subject } = entry;
  const before = 'before' in subject ? subject.before : undefined;
  const after = 'after' in subject ? subject.after : undefined;
  const { entity, action } = subject;
  return {
    at,
    order: id,
    by: actor,
    runId,
    entity,
    action,
    contactId: entity === 'contact' ? recordOf(entry).id : null,
    contact: textOf(before ?? after!),
    changes: differences(before, after),
  };
}

/** The creation of the patron, also of one that an undo removed, unless the journal has it. */
function patronBirths(patron: StoredPatron | undefined, journal: readonly StoredChange[]): Event[] {
  const entries = journal.filter(({ subject }) => subject.entity === 'patron');
  if (patron !== undefined) return birth('patron', patron, patron, entries);
  return entries.flatMap(({ subject }) =>
    subject.entity === 'patron' && subject.action === 'removed'
      ? birth('patron', subject.before, subject.before, entries)
      : [],
  );
}

/** The creations of the contacts that stand and of those that were removed, unless the journal has them. */
function contactBirths(
  contacts: readonly (Contact & Provenance)[],
  journal: readonly StoredChange[],
): Event[] {
  const entries = journal.filter(({ subject }) => subject.entity === 'contact');
  const byContact = Map.groupBy(entries, (entry) => recordOf(entry).id);
  const removed = entries.flatMap(({ subject }) =>
    subject.entity === 'contact' && subject.action === 'removed' ? [subject.before] : [],
  );
  // One that an undo brought back has been removed and is still of the run that made it: it was born once.
  const lives = new Map(
    [...removed, ...contacts].map((contact) => [
      `${contact.id} ${contact.createdRun} ${contact.createdAt}`,
      contact,
    ]),
  );
  return [...lives.values()].flatMap((contact) =>
    birth('contact', contact, contact, byContact.get(contact.id) ?? []),
  );
}

/** `record` as it was made: what the first later entry found there, else what it is now. */
function birth(
  entity: 'patron' | 'contact',
  record: Patron | Contact,
  { createdAt, createdRun }: Provenance,
  entries: readonly StoredChange[],
): Event[] {
  const journalled = entries.some(
    ({ subject, at, runId }) => subject.action === 'created' && at === createdAt && runId === createdRun,
  );
  if (journalled) return [];
  const next = entries.find(({ subject, at }) => at >= createdAt && 'before' in subject);
  const made = next && 'before' in next.subject ? next.subject.before : record;
  return [
    {
      at: createdAt,
      // Before whatever is journalled of that instant, and the patron before its contacts.
      order: entity === 'patron' ? -1 : 0,
      by: undefined,
      runId: createdRun,
      entity,
      action: 'created',
      contactId: entity === 'contact' ? record.id : null,
      contact: textOf(made),
      changes: differences(undefined, made),
    },
  ];
}

/** What a contact reads; null for a patron. */
function textOf(record: Patron | Contact): string | null {
  return 'contact' in record ? record.contact : null;
}

function recordOf({ subject }: StoredChange): Patron | Contact {
  return 'after' in subject ? subject.after : subject.before;
}

/** Who was behind each: told by the journal, or by the run that made the record. */
async function withActors(reader: TenantReader, events: readonly Event[]): Promise<HistoryItem[]> {
  const runs = new Map<number, StoredChange['actor'] | undefined>();
  const items: HistoryItem[] = [];
  for (const { at, order: _order, by, contact: _contact, ...rest } of events) {
    const { runId } = rest;
    if (by === undefined && runId !== null && !runs.has(runId)) {
      const run = await reader.runs.findById(runId);
      runs.set(runId, run && { name: run.sender, channel: run.channel });
    }
    const actor = by ?? (runId === null ? undefined : runs.get(runId));
    items.push({ at: viewInstant(at), actor: actor?.name ?? null, channel: actor?.channel ?? null, ...rest });
  }
  return items;
}
