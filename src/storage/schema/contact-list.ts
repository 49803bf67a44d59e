import type { StoredContact } from '../../ports/contacts.ts';
import { bccCode, contactRoleCode, contactTypeCode, originCode } from './codes.ts';

/** One contact as it is stored: its fields in this order, words as the numbers of `codes.ts`. */
type PackedContact = [
  id: number,
  type: number,
  role: number,
  primary: 0 | 1,
  addressee: string,
  contact: string,
  bcc: number,
  sms: 0 | 1,
  scenarios: number,
  origin: number,
  importedAs: string | null,
  createdRun: number | null,
  createdAt: number,
];

/** A patron's contacts as the JSON text of a `contact_list` row. */
export function packContacts(contacts: readonly StoredContact[]): string {
  return JSON.stringify(contacts.map(packed));
}

/** The contacts of a `contact_list` row, in the order they were made. */
export function unpackContacts(patronId: number, text: string): StoredContact[] {
  return (JSON.parse(text) as PackedContact[]).map((contact) => unpacked(patronId, contact));
}

function packed(contact: StoredContact): PackedContact {
  return [
    contact.id,
    contactTypeCode.toNumber(contact.type),
    contactRoleCode.toNumber(contact.role),
    contact.primary ? 1 : 0,
    contact.addressee,
    contact.contact,
    bccCode.toNumber(contact.bcc),
    contact.sms ? 1 : 0,
    contact.scenarios,
    originCode.toNumber(contact.origin),
    contact.importedAs,
    contact.createdRun,
    contact.createdAt,
  ];
}

function unpacked(patronId: number, stored: PackedContact): StoredContact {
  return {
    patronId,
    id: stored[0],
    type: contactTypeCode.toWord(stored[1]),
    role: contactRoleCode.toWord(stored[2]),
    primary: stored[3] === 1,
    addressee: stored[4],
    contact: stored[5],
    bcc: bccCode.toWord(stored[6]),
    sms: stored[7] === 1,
    scenarios: stored[8],
    origin: originCode.toWord(stored[9]),
    importedAs: stored[10],
    createdRun: stored[11],
    createdAt: stored[12],
  };
}
