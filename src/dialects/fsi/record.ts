import { fullName } from '../../domain/patron/identity.ts';
import type { PatronValues } from '../../domain/patron/patron.ts';

/** F9: a patron as this dialect shows it: texts that are never null, beside the place in the list. */
export interface FsiRecord {
  readonly itemindex: number;
  readonly barcode: string;
  readonly username: string;
  readonly externalid: string;
  readonly firstname: string;
  readonly surname: string;
  readonly fullname: string;
  readonly email: string;
  readonly classgrade: string;
  readonly room: string;
  readonly role: string;
}

/** The record of a patron with its e-mail (S2). */
export function fsiRecord(patron: PatronValues, email: string, itemindex: number): FsiRecord {
  return {
    itemindex,
    barcode: patron.barcode,
    username: patron.username,
    externalid: patron.externalid,
    firstname: patron.firstname,
    surname: patron.surname,
    fullname: fullName(patron),
    email,
    classgrade: patron.classgrade,
    room: patron.room,
    role: patron.role,
  };
}
