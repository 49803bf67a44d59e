import { expect } from 'vitest';
import type { TenantStore } from '../../src/ports/tenant-store.ts';

/** Patrons and contacts as they were stored before the fifth migration, of tenant 1. */
export const patronsBeforeLookup: readonly string[] = [
  ...[
    [1, 'Łukasz', 'Żak', 'lzak\n\n\nlukasz zak\n7b\n\nstudent'],
    [2, '', '', 'nameless\n\n\n\n\n\nstudent'],
    [2050, 'Anna', 'Lee', 'anna\n100\n\nanna lee\n\nr1\nteacher'],
  ].map(
    ([id, firstname, surname, text]) =>
      `insert into patron (tenant_id, id, username, barcode, externalid, username_key, barcode_key, externalid_key,
        firstname, surname, classgrade, room, role, status, search_text, created_run, created_at, updated_at)
      values (1, ${id}, 'p${id}', '', '', 'p${id}', null, null, '${firstname}', '${surname}', '', '', 1, 1, '${text}', null, 0, 0)`,
  ),
  ...[
    // Its second own address is the primary one.
    [1, [contact(1, 1, 0, 'first@x'), contact(2, 1, 1, 'Zak@x'), contact(3, 2, 0, 'guardian@x')]],
    [2050, [contact(4, 2, 1, 'guardian@x')]],
  ].map(
    ([id, contacts]) =>
      `insert into contact_list (tenant_id, patron_id, contacts, contact_count, email_count, imported_count, created_runs, own_emails)
      values (1, ${id as number}, '${JSON.stringify(contacts)}', 1, 1, 1, ' ', 'first@x')`,
  ),
];

function contact(id: number, role: number, primary: number, text: string): unknown[] {
  return [id, 1, role, primary, '', text, 3, 0, 1, 1, null, null, 0];
}

/** That they are found in the ways that came later. */
export async function expectLookup({ read: { lookup, patrons } }: TenantStore): Promise<void> {
  const ids = (found: readonly { id: number }[]) => found.map(({ id }) => id);
  expect(ids(await lookup.listByFullName('łukasz  żak', 5))).toEqual([1]);
  expect(ids(await lookup.listByFullName('anna lee', 5))).toEqual([2050]);
  expect(ids(await lookup.listByEmail('zak@X', 5))).toEqual([1]);
  for (const other of ['first@x', 'guardian@x']) expect(await lookup.listByEmail(other, 5)).toEqual([]);
  expect(await patrons.count()).toBe(3);
  expect(await lookup.listBlocks()).toEqual([
    { firstId: 0, patrons: 2, isFull: false },
    { firstId: 2048, patrons: 1, isFull: false },
  ]);
}
