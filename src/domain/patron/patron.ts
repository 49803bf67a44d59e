export const patronRoles = ['STUDENT', 'TEACHER', 'PARENT', 'LIBRARIAN'] as const;
export type PatronRole = (typeof patronRoles)[number];

export const patronStatuses = ['ACTIVE', 'INACTIVE'] as const;
export type PatronStatus = (typeof patronStatuses)[number];

/** The three fields that identify a patron, each unique within a tenant where not blank (S4). */
export const keyFields = ['username', 'barcode', 'externalid'] as const;
export type KeyField = (typeof keyFields)[number];

/** What a patron record says; text fields are '' where nothing is known. E-mail is a contact (S2). */
export interface PatronValues {
  readonly username: string;
  readonly barcode: string;
  readonly externalid: string;
  readonly firstname: string;
  readonly surname: string;
  readonly classgrade: string;
  readonly room: string;
  readonly role: PatronRole;
  readonly status: PatronStatus;
}

export interface Patron extends PatronValues {
  readonly id: number;
}
