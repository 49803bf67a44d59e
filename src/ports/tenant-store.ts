import type { AccountReader, AccountWriter } from './accounts.ts';
import type { AccessOverrideReader, AccessOverrideWriter, AccessReader } from './access.ts';
import type { AccessFrameReader, AccessTurnReader, AccessTurnWriter } from './access-turns.ts';
import type { AuditReader, AuditWriter } from './audit.ts';
import type { ChangeReader, ChangeWriter } from './changes.ts';
import type { ContactReader, ContactWriter } from './contacts.ts';
import type { DailyRunReader, DailyRunWriter } from './daily-runs.ts';
import type { DeliveryReader, DeliveryWriter } from './deliveries.ts';
import type { FingerprintReader, FingerprintWriter } from './fingerprints.ts';
import type { PatronLookup } from './patron-lookup.ts';
import type { PlanReader, PlanWriter } from './plans.ts';
import type { PatronReader, PatronWriter } from './patrons.ts';
import type { RecordChangeReader, RecordChangeWriter } from './record-changes.ts';
import type { MemberReader, MemberWriter, RecordEntity, RecordReaders, RecordStores } from './records.ts';
import type { RunRowReader, RunRowWriter } from './run-rows.ts';
import type { RunReader, RunWriter } from './runs.ts';
import type { SettingReader, SettingWriter } from './settings.ts';

/** One institution: the wall behind which everything is kept. */
export interface Tenant {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  /** IANA time zone. */
  readonly zone: string;
}

/**
 * What may be read of one tenant. Whoever holds only a reader cannot write, and no method takes a
 * tenant: the object *is* the tenant's.
 */
export interface TenantReader {
  readonly patrons: PatronReader;
  readonly lookup: PatronLookup;
  readonly contacts: ContactReader;
  readonly changes: ChangeReader;
  readonly runs: RunReader;
  readonly runRows: RunRowReader;
  readonly plans: PlanReader;
  readonly deliveries: DeliveryReader;
  readonly accounts: AccountReader;
  readonly settings: SettingReader;
  readonly audit: AuditReader;
  readonly fingerprints: FingerprintReader;
  readonly records: RecordReaders;
  readonly members: MemberReader;
  readonly recordChanges: RecordChangeReader;
  readonly access: AccessReader;
  readonly accessOverrides: AccessOverrideReader;
  readonly dailyRuns: DailyRunReader;
  readonly accessFrame: AccessFrameReader;
  readonly accessTurns: AccessTurnReader;
}

/** What may be written, inside one write transaction. Reads through it see its own writes. */
export interface TenantTransactor extends TenantReader {
  readonly patrons: PatronReader & PatronWriter;
  readonly contacts: ContactReader & ContactWriter;
  readonly changes: ChangeReader & ChangeWriter;
  readonly runs: RunReader & RunWriter;
  readonly runRows: RunRowReader & RunRowWriter;
  readonly plans: PlanReader & PlanWriter;
  readonly deliveries: DeliveryReader & DeliveryWriter;
  readonly accounts: AccountReader & AccountWriter;
  readonly settings: SettingReader & SettingWriter;
  readonly audit: AuditReader & AuditWriter;
  readonly fingerprints: FingerprintReader & FingerprintWriter;
  readonly records: RecordStores;
  readonly members: MemberReader & MemberWriter;
  readonly recordChanges: RecordChangeReader & RecordChangeWriter;
  readonly accessOverrides: AccessOverrideReader & AccessOverrideWriter;
  readonly dailyRuns: DailyRunReader & DailyRunWriter;
  readonly accessTurns: AccessTurnReader & AccessTurnWriter;
  /** Takes `count` new ids of the named sequence and gives the first; the others follow it. */
  allocateIds(sequence: IdSequence, count: number): Promise<number>;
}

export type IdSequence =
  | 'patron'
  | 'contact'
  | 'change'
  | 'run'
  | 'delivery'
  | 'account'
  | 'audit'
  | 'access-override'
  | RecordEntity;

/**
 * `written`: to be called once everything is written, before much is read to look over it. The engine makes up what it
 * has put off, for which reads through `tx` may be slow until then; without the call it does so at the end.
 */
export type BulkWork<T> = (tx: TenantTransactor, written: () => Promise<void>) => Promise<T>;

/** Everything of one tenant. */
export interface TenantStore extends AsyncDisposable {
  readonly tenant: Tenant;
  readonly read: TenantReader;
  /**
   * Whether several reads that were asked for together are answered sooner than one after the other: then what is
   * stored of the next batches is asked for while one is planned. Else they would only be held in memory meanwhile.
   */
  readonly readsBeside: boolean;
  /** One consistent picture for several reads. */
  snapshot<T>(work: (reader: TenantReader) => Promise<T>): Promise<T>;
  /**
   * One write transaction: all of it is durable when the promise resolves, or none of it happened.
   * Waits for other writers without blocking the event loop; `MusterError('busy')` when they take too long.
   */
  transact<T>(work: (tx: TenantTransactor) => Promise<T>): Promise<T>;
  /**
   * The same, for very much to write: the engine may write beside the thread that plans, so that a write which
   * failed is reported by a later call of the transaction, at the latest by its end.
   */
  bulkTransact<T>(work: BulkWork<T>): Promise<T>;
  /**
   * Sees that what was deleted cannot be read from the files either. Waits for other writers and may take
   * long and block the thread: for commands. `MusterError('busy')` when others are in the way for too long.
   */
  scrub(): Promise<void>;
  /**
   * Indexes, in a transaction of its own, up to `limit` of the records whose indexing a large import has put off
   * until after its answer, and in the end tidies the index step by step; gives how much was done, 0 once nothing is
   * left. Searches find those records before as well, only slower.
   */
  catchUpSearch(limit: number): Promise<number>;
}
