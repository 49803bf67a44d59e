import type { DeclaredPatron } from './patron-row.ts';
import type { PatronValues } from './patron.ts';

/**
 * What a patron says after `declared` was said of it. Fields left undefined keep what is stored, or on a new
 * patron are blank, role STUDENT, status ACTIVE (M1). With `reactivate` (mode `full`, M3) a patron that
 * is in the file comes back ACTIVE unless the file itself says INACTIVE. E-mail is a contact and not seen here.
 */
export function mergePatron(
  stored: PatronValues | undefined,
  declared: DeclaredPatron,
  reactivate = false,
): PatronValues {
  return {
    username: declared.username ?? stored?.username ?? '',
    barcode: declared.barcode ?? stored?.barcode ?? '',
    externalid: declared.externalid ?? stored?.externalid ?? '',
    firstname: declared.firstname ?? stored?.firstname ?? '',
    surname: declared.surname ?? stored?.surname ?? '',
    classgrade: declared.classgrade ?? stored?.classgrade ?? '',
    room: declared.room ?? stored?.room ?? '',
    // M1: a new patron is a student.
    role: declared.role ?? stored?.role ?? 'STUDENT',
    // M3: being in the file again is what brings a patron back.
    status: declared.status ?? (reactivate ? 'ACTIVE' : (stored?.status ?? 'ACTIVE')),
  };
}

/** Every field of a patron record; the compiler sees to it that none is left out. */
export const patronFields = Object.keys({
  username: true,
  barcode: true,
  externalid: true,
  firstname: true,
  surname: true,
  classgrade: true,
  room: true,
  role: true,
  status: true,
} satisfies Record<keyof PatronValues, true>) as readonly (keyof PatronValues)[];

/** Whether two records say the same, to the letter (S4: values are stored as given). */
export function patronEquals(a: PatronValues, b: PatronValues): boolean {
  return patronFields.every((field) => a[field] === b[field]);
}
