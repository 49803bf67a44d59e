import type { Actor } from './changes.ts';
import type { Page } from './patrons.ts';

/** An administrative act: who did what to what. Names no patron except by id. */
export interface AuditEntry {
  readonly id: number;
  readonly at: number;
  readonly actor: Actor;
  /** E.g. `account.created`, `settings.changed`, `import.undone`, `patron.erased`. */
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditReader {
  list(page: number, pageSize: number): Promise<Page<AuditEntry>>;
}

export interface AuditWriter {
  append(entry: Omit<AuditEntry, 'id'>): Promise<void>;
}
