import type {
  CheckoutCenterValues,
  OrganizationValues,
  ResourceTypeValues,
} from '../domain/organization/registries.ts';
import type { StoredRecord } from '../ports/records.ts';
import type { TenantTransactor } from '../ports/tenant-store.ts';
import { getRecord, saveRecord, type RecordEditor } from './record-editor.ts';

/** What each registry holds, by entity. */
interface RegistryValues {
  readonly organization: OrganizationValues;
  readonly 'resource-type': ResourceTypeValues;
  readonly 'checkout-center': CheckoutCenterValues;
}
export type RegistryEntity = keyof RegistryValues;

/** Registers something new; refused as `saveRecord`. */
export function register<E extends RegistryEntity>(
  tx: TenantTransactor,
  entity: E,
  values: RegistryValues[E],
  by: RecordEditor,
): Promise<StoredRecord<E>> {
  return saveRecord(tx, entity, undefined, values as never, by);
}

/**
 * Changes what is registered under an identifier; what is left out stays. Accounts that hold a capability at a renamed
 * organization hold it under its new name. `not-found` where there is none, refused as `saveRecord`.
 */
export async function changeRegistered<E extends RegistryEntity>(
  tx: TenantTransactor,
  entity: E,
  identifier: string,
  change: Partial<RegistryValues[E]>,
  by: RecordEditor,
): Promise<StoredRecord<E>> {
  const before = await getRecord(tx, entity, identifier);
  const after = await saveRecord(tx, entity, before, { ...registeredValues(before), ...change } as never, by);
  if (entity === 'organization') await renameAtAccounts(tx, before.name, after.name);
  return after;
}

/** What is registered, without what a store adds to it. */
function registeredValues(record: StoredRecord<RegistryEntity>): object {
  const {
    id: _id,
    createdRun: _run,
    createdAt: _at,
    updatedAt: _updated,
    status: _status,
    ...values
  } = record;
  return values;
}

/** W18: where a capability is held is said by name. */
async function renameAtAccounts(tx: TenantTransactor, from: string, to: string): Promise<void> {
  if (from === to) return;
  for (const account of await tx.accounts.list()) {
    if (!account.organizations.includes(from)) continue;
    const organizations = account.organizations.map((name) => (name === from ? to : name));
    await tx.accounts.update({ ...account, organizations });
  }
}
