import type { BccChoice } from '../domain/contact/contact.ts';
import type { ChangeThresholds } from '../domain/guard/change-threshold.ts';
import type { KeyField } from '../domain/patron/patron.ts';

/** What one tenant may choose. */
export interface TenantSettings {
  /** What SCHOOL_DEFAULT means (I13). */
  readonly bccDefault: Exclude<BccChoice, 'SCHOOL_DEFAULT'>;
  /** Which field WebCheckout's Person-ID is (S3). */
  readonly personIdField: KeyField;
  /** How much a run may change before it is held; what was never chosen has its default. */
  readonly changeThresholds: ChangeThresholds;
  /** Whether a run is held that would do again what an undo took back. */
  readonly holdAfterUndo: boolean;
  /** Whether API clients may make a patron a LIBRARIAN (F16). */
  readonly clientsMayMakeLibrarians: boolean;
  readonly deliveryRetentionDays: number;
  readonly journalRetentionDays: number;
  /** How long a one-time code is good (F5). */
  readonly oneTimeCodeMinutes: number;
  /** How long a session token is good, from `gettoken` or its renewal on (F5). */
  readonly sessionTokenMinutes: number;
  /** Whether JSON answers of the dialect `fsi` hold `d` as a text, for scripts that parse it (F2). */
  readonly fsiAnswerAsText: boolean;
  /** Not chosen but kept by the purge: the journal is whole from this instant on; 0 = from the beginning. */
  readonly journalKeptFrom: number;
}

export interface SettingReader {
  get(): Promise<TenantSettings>;
}

export interface SettingWriter {
  save(settings: Partial<TenantSettings>): Promise<void>;
}
