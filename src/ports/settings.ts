import type { BccChoice } from '../domain/contact/contact.ts';
import type { KeyField } from '../domain/patron/patron.ts';

/** What one tenant may choose. */
export interface TenantSettings {
  /** What SCHOOL_DEFAULT means (I13). */
  readonly bccDefault: Exclude<BccChoice, 'SCHOOL_DEFAULT'>;
  /** Which field WebCheckout's Person-ID is (S3). */
  readonly personIdField: KeyField;
  readonly deliveryRetentionDays: number;
  readonly journalRetentionDays: number;
  /** Not chosen but kept by the purge: the journal is whole from this instant on; 0 = from the beginning. */
  readonly journalKeptFrom: number;
}

export interface SettingReader {
  get(): Promise<TenantSettings>;
}

export interface SettingWriter {
  save(settings: Partial<TenantSettings>): Promise<void>;
}
