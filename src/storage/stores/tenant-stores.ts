import type { TenantTransactor } from '../../ports/tenant-store.ts';
import { AccessOverrideStore } from './access-override-store.ts';
import { AccessFrameStore } from './access-frame-store.ts';
import { AccessStore } from './access-store.ts';
import { AccessTurnStore } from './access-turn-store.ts';
import { AccountStore } from './account-store.ts';
import { AuditStore } from './audit-store.ts';
import { ChangeStore } from './change-store.ts';
import { ContactStore } from './contact-store.ts';
import type { StoreContext } from './context.ts';
import { DailyRunStore } from './daily-run-store.ts';
import { DeliveryStore } from './delivery-store.ts';
import { FingerprintStore } from './fingerprint-store.ts';
import { MemberStore } from './member-store.ts';
import { PatronLookupStore } from './patron-lookup-store.ts';
import { PatronStore } from './patron-store.ts';
import { PlanStore } from './plan-store.ts';
import { RecordChangeStore } from './record-change-store.ts';
import { recordStores } from './record-store.ts';
import { RunRowStore } from './run-row-store.ts';
import { RunStore } from './run-store.ts';
import { allocateIds } from './sequences.ts';
import { SettingStore } from './setting-store.ts';

/**
 * All stores of one tenant over one connection. The same objects serve readers and transactors: the type
 * under which they are handed out says whether the connection they sit on may write.
 */
export function tenantStores(context: StoreContext): TenantTransactor {
  return {
    patrons: new PatronStore(context),
    lookup: new PatronLookupStore(context),
    contacts: new ContactStore(context),
    changes: new ChangeStore(context),
    runs: new RunStore(context),
    runRows: new RunRowStore(context),
    plans: new PlanStore(context),
    deliveries: new DeliveryStore(context),
    accounts: new AccountStore(context),
    settings: new SettingStore(context),
    audit: new AuditStore(context),
    fingerprints: new FingerprintStore(context),
    records: recordStores(context),
    members: new MemberStore(context),
    recordChanges: new RecordChangeStore(context),
    access: new AccessStore(context),
    accessOverrides: new AccessOverrideStore(context),
    dailyRuns: new DailyRunStore(context),
    accessFrame: new AccessFrameStore(context),
    accessTurns: new AccessTurnStore(context),
    allocateIds: (sequence, count) => allocateIds(context, sequence, count),
  };
}
