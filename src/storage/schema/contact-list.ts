import type { StoredContact } from '../../ports/contacts.ts';
import { bccCode, contactRoleCode, contactTypeCode, originCode } from './codes.ts';

/**
 * One contact as it is stored: its fields in this order, words as the numbers of `codes.ts`. The last three are left
 * out where they are those of the contact before it, as of nearly all that one import has made.
 */
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
  importedAs?: string | null,
  createdRun?: number | null,
  createdAt?: number,
];

/** Used again for each list: of the half million contacts of a first load nothing but the text is kept. */
const packing: PackedContact[] = [];

/** A patron's contacts as the JSON text of a `contact_list` row. */
export function packContacts(contacts: readonly StoredContact[]): string {
  packing.length = contacts.length;
  for (let place = 0; place < contacts.length; place++) {
    packing[place] = packed(contacts[place]!, contacts[place - 1], packing[place]);
  }
  return JSON.stringify(packing);
}

/** The contacts of a `contact_list` row, in the order they were made. */
export function unpackContacts(patronId: number, text: string): StoredContact[] {
  let before: StoredContact | undefined;
  return (JSON.parse(text) as PackedContact[]).map(
    (contact) => (before = unpacked(patronId, contact, before)),
  );
}

function packed(
  contact: StoredContact,
  before: StoredContact | undefined,
  into: PackedContact | undefined = [0, 0, 0, 0, '', '', 0, 0, 0, 0],
): PackedContact {
  into[0] = contact.id;
  into[1] = contactTypeCode.toNumber(contact.type);
  into[2] = contactRoleCode.toNumber(contact.role);
  into[3] = contact.primary ? 1 : 0;
  into[4] = contact.addressee;
  into[5] = contact.contact;
  into[6] = bccCode.toNumber(contact.bcc);
  into[7] = contact.sms ? 1 : 0;
  into[8] = contact.scenarios;
  into[9] = originCode.toNumber(contact.origin);
  if (before !== undefined && isMadeWith(contact, before)) into.length = 10;
  else {
    into[10] = contact.importedAs;
    into[11] = contact.createdRun;
    into[12] = contact.createdAt;
  }
  return into;
}

function isMadeWith(contact: StoredContact, before: StoredContact): boolean {
  return (
    contact.createdAt === before.createdAt &&
    contact.createdRun === before.createdRun &&
    contact.importedAs === before.importedAs
  );
}

function unpacked(patronId: number, stored: PackedContact, before: StoredContact | undefined): StoredContact {
  const whole = stored.length > 10 || before === undefined;
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
    importedAs: whole ? (stored[10] ?? null) : before.importedAs,
    createdRun: whole ? (stored[11] ?? null) : before.createdRun,
    createdAt: whole ? stored[12]! : before.createdAt,
  };
}
