import type { TenantTransactor } from '../ports/tenant-store.ts';

/** Of more patrons than this nobody is looked up: all rosters are read again. */
const lookedUpMax = 400;

/**
 * Says that these patrons are known by other keys than before, or by none: rows of members and of contact persons
 * that name them, or whom they now name, mean something else (S3).
 */
export async function touchWhoNames(tx: TenantTransactor, patronIds: readonly number[]): Promise<void> {
  if (patronIds.length === 0) return;
  // Contact persons stand in few and small files.
  await tx.fingerprints.forget(['group', 'section']);
  if (patronIds.length > lookedUpMax) return tx.fingerprints.forget(['roster']);
  const memberships = await tx.members.mapByPatron(patronIds);
  const sections = new Set([...memberships.values()].flat().map(({ sectionId }) => sectionId));
  await tx.fingerprints.touched('roster', [...sections], undefined);
}
