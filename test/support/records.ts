import { ANY } from '../../src/domain/contact/scenarios.ts';
import type { StoredContact } from '../../src/ports/contacts.ts';
import type { NewPatron, Provenance, StoredPatron } from '../../src/ports/patrons.ts';
import type { RunRequest } from '../../src/ports/runs.ts';
import type { TenantStore } from '../../src/ports/tenant-store.ts';
import { instant } from './engines.ts';
import { addContacts, type NewContact } from './contact-lists.ts';

export const byHand: Provenance = { createdRun: null, createdAt: instant };

/** A patron with username `p<id>` and nothing else, unless told otherwise. */
export function newPatron(id: number, more: Partial<NewPatron> = {}): NewPatron {
  return {
    id,
    username: `p${id}`,
    barcode: '',
    externalid: '',
    firstname: '',
    surname: '',
    classgrade: '',
    room: '',
    role: 'STUDENT',
    status: 'ACTIVE',
    ...more,
  };
}

/** An own, imported e-mail `c<id>@x` of the patron, unless told otherwise. */
export function newContact(id: number, patronId: number, more: Partial<NewContact> = {}): NewContact {
  return {
    id,
    patronId,
    type: 'EMAIL',
    role: 'PATRON',
    primary: false,
    addressee: '',
    contact: `c${id}@x`,
    bcc: 'SCHOOL_DEFAULT',
    sms: false,
    scenarios: ANY,
    origin: 'imported',
    importedAs: null,
    ...more,
  };
}

export function storedPatron(patron: NewPatron, by: Provenance = byHand): StoredPatron {
  return { ...patron, ...by, updatedAt: by.createdAt };
}

export function storedContact(contact: NewContact, by: Provenance = byHand): StoredContact {
  return { ...contact, ...by };
}

/** Stores patrons, numbered from 1 where a test has stored none before. */
export async function insertPatrons(
  store: TenantStore,
  patrons: readonly NewPatron[],
  by: Provenance = byHand,
): Promise<void> {
  await store.transact(async (tx) => {
    await tx.allocateIds('patron', patrons.length);
    await tx.patrons.insert(patrons, by);
  });
}

export async function insertContacts(
  store: TenantStore,
  contacts: readonly NewContact[],
  by: Provenance = byHand,
): Promise<void> {
  await store.transact(async (tx) => {
    await tx.allocateIds('contact', contacts.length);
    await addContacts(tx, contacts, by);
  });
}

export function runRequest(more: Partial<RunRequest> = {}): RunRequest {
  return {
    kind: 'contacts',
    mode: 'replaceDeclaredPatrons',
    options: {},
    channel: 'api',
    sender: 'autoimport',
    dryRun: false,
    deliveryId: null,
    undoes: null,
    ...more,
  };
}

/** The numbers 1 … count. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
