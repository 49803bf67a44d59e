import { expect, test } from 'vitest';
import type { Contact } from '../contact/contact.ts';
import type { ContactPlan } from '../contact/contact-plan.ts';
import { ANY } from '../contact/scenarios.ts';
import type { Patron } from '../patron/patron.ts';
import { redoes, type UndoneOfPatron } from './redoes-undo.ts';

const anna: Patron = {
  id: 1,
  username: 'anna',
  barcode: '',
  externalid: '',
  firstname: 'Anna',
  surname: 'Ames',
  classgrade: '7a',
  room: '',
  role: 'STUDENT',
  status: 'ACTIVE',
};
const phone: Contact = {
  id: 5,
  type: 'PHONE',
  role: 'PATRON',
  primary: false,
  addressee: '',
  contact: '1',
  bcc: 'SCHOOL_DEFAULT',
  sms: false,
  scenarios: ANY,
  origin: 'imported',
  importedAs: null,
};
const untouched: UndoneOfPatron = {
  records: [],
  contactsSetBack: [],
  contactsRemoved: [],
  broughtBack: new Set(),
};
const record = (after: Partial<Patron>) => ({
  about: 'patron' as const,
  patronId: 1,
  record: { before: anna, after: { ...anna, ...after } },
});
const contacts = (plan: Partial<ContactPlan>) => ({
  about: 'patron' as const,
  patronId: 1,
  contacts: {
    before: [phone],
    plan: { creates: [], updates: [], removes: [], unchanged: 0, rows: [], ...plan },
  },
});
const create = (contact: string) => {
  const { id: _id, origin, importedAs, ...values } = { ...phone, contact };
  return { values, origin, importedAs };
};

test('S10 a field that gets the value again which an undo took from it is done again', () => {
  const undone = {
    ...untouched,
    records: [{ before: { ...anna, status: 'INACTIVE' as const }, after: anna }],
  };
  expect(redoes(record({ status: 'INACTIVE' }), undone)).toBe(true);
  // Another field of the same patron is another matter, and so is another value.
  expect(redoes(record({ classgrade: '8a' }), undone)).toBe(false);
  const ofClass = { ...untouched, records: [{ before: { ...anna, classgrade: '9x' }, after: anna }] };
  expect(redoes(record({ classgrade: '8a' }), ofClass)).toBe(false);
  expect(redoes(record({ classgrade: '9x' }), ofClass)).toBe(true);
});

test('S10 contacts removed again, brought in again and changed again are done again', () => {
  expect(redoes(contacts({ removes: [phone] }), { ...untouched, broughtBack: new Set([5]) })).toBe(true);
  expect(redoes(contacts({ removes: [phone] }), { ...untouched, broughtBack: new Set([6]) })).toBe(false);

  const removed = { ...untouched, contactsRemoved: [{ ...phone, id: 9, contact: '2' }] };
  expect(redoes(contacts({ creates: [create('2')] }), removed)).toBe(true);
  expect(redoes(contacts({ creates: [create('3')] }), removed)).toBe(false);

  const setBack = { ...untouched, contactsSetBack: [{ before: { ...phone, sms: true }, after: phone }] };
  expect(redoes(contacts({ updates: [{ before: phone, after: { ...phone, sms: true } }] }), setBack)).toBe(
    true,
  );
  expect(
    redoes(contacts({ updates: [{ before: phone, after: { ...phone, primary: true } }] }), setBack),
  ).toBe(false);
});
