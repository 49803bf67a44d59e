import type { Actor } from '../ports/changes.ts';
import type { TenantSettings } from '../ports/settings.ts';
import type { TenantStore } from '../ports/tenant-store.ts';

/** What a tenant may choose. */
export type ChosenSettings = Omit<TenantSettings, 'journalKeptFrom'>;

/** A change of settings: what is left out stays, also among the thresholds. */
export type WantedSettings = Partial<Omit<ChosenSettings, 'changeThresholds'>> & {
  readonly changeThresholds?: Partial<ChosenSettings['changeThresholds']> | undefined;
};

/**
 * Changes what a tenant chose; the audit says what stood before, in the same transaction. Gives the settings
 * as they stand now.
 */
export function changeSettings(
  store: TenantStore,
  wantedSettings: WantedSettings,
  actor: Actor,
  at: number,
): Promise<TenantSettings> {
  return store.transact(async (tx) => {
    const before = await tx.settings.get();
    const { changeThresholds, ...rest } = wantedSettings;
    const wanted: Partial<ChosenSettings> = {
      ...rest,
      ...(changeThresholds && { changeThresholds: { ...before.changeThresholds, ...changeThresholds } }),
    };
    const changed = (Object.keys(wanted) as (keyof ChosenSettings)[]).filter(
      (name) => wanted[name] !== undefined && JSON.stringify(wanted[name]) !== JSON.stringify(before[name]),
    );
    if (changed.length === 0) return before;
    await tx.settings.save(Object.fromEntries(changed.map((name) => [name, wanted[name]])));
    await tx.audit.append({
      at,
      actor,
      action: 'settings.changed',
      subject: 'settings',
      detail: Object.fromEntries(
        changed.map((name) => [name, { from: before[name], to: wanted[name] ?? null }]),
      ),
    });
    return tx.settings.get();
  });
}
