import { MusterError } from '../domain/errors.ts';
import type { RowOutcome } from '../domain/outcome.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { exportAccess, type AccessExport } from './export-access.ts';
import { listHistory, type HistoryItem } from './history.ts';
import { viewContact, viewInstant, viewNote, viewPatron } from './views.ts';
import type { ContactView, NoteView, PatronView } from './views.ts';

/** Everything that is held about one patron. */
export interface PatronExport {
  readonly patron: PatronView & { readonly createdAt: string; readonly updatedAt: string };
  readonly contacts: ContactView[];
  readonly history: HistoryItem[];
  readonly access: AccessExport;
  /** Rows of import files that named the patron, as far as their results are kept. */
  readonly rows: ({ readonly runId: number; readonly row: number; readonly outcome: RowOutcome } & (
    | NoteView
    | { readonly [Part in keyof NoteView]: null }
  ))[];
}

const noNote = { code: null, column: null, value: null, message: null, suggestion: null };

/**
 * Everything held about the patron with that id, but for the bytes of deliveries and the plans of held runs and dry
 * runs, which are kept for days only and hold what whole files say. `MusterError('not-found')` for an unknown id.
 */
export async function exportPatron(reader: TenantReader, id: number): Promise<PatronExport> {
  const patron = await reader.patrons.findById(id);
  if (!patron) throw new MusterError('not-found', `There is no patron ${id}.`);
  const contacts = await reader.contacts.listByPatron(id);
  const history = await listHistory(reader, patron, { page: 1, pageSize: Number.MAX_SAFE_INTEGER });
  const rows = await reader.runRows.listByPatron(id);
  return {
    patron: {
      ...viewPatron(patron, contacts),
      createdAt: viewInstant(patron.createdAt),
      updatedAt: viewInstant(patron.updatedAt),
    },
    contacts: contacts.map((contact) => viewContact(contact, patron)),
    history: [...history.items],
    access: await exportAccess(reader, id),
    rows: rows.map(({ runId, row, outcome, note }) => ({
      runId,
      row,
      outcome,
      ...(note === null ? noNote : viewNote(note)),
    })),
  };
}
