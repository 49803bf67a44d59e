import { expect, test } from 'vitest';
import type { Contact, ContactValues } from '../contact/contact.ts';
import type { ContactPlan } from '../contact/contact-plan.ts';
import { ANY, NONE, parseScenarioNames } from '../contact/scenarios.ts';
import type { Patron } from '../patron/patron.ts';
import { stored } from '../../../test/support/contact-records.ts';
import { newPatron } from '../../../test/support/records.ts';
import { ConsequenceTally } from './consequences.ts';
import { sayConsequences } from './say-consequences.ts';

const record: Patron = newPatron(1);
let nextId = 1;
function contact(more: Partial<Contact>): Contact {
  return stored(nextId++, 'g@x', { role: 'GUARDIAN', ...more });
}
const create = (values: ContactValues) => ({ values, origin: 'imported', importedAs: null }) as const;
const plan = (more: Partial<ContactPlan>): ContactPlan => ({
  creates: [],
  updates: [],
  removes: [],
  unchanged: 0,
  rows: [],
  ...more,
});
const overdue = parseScenarioNames(['OVERDUE']);
const two = parseScenarioNames(['OVERDUE', 'LOAN_RECALL']);

test('I22 who stops and starts getting which messages is counted by scenario and role', () => {
  const tally = new ConsequenceTally(() => 'ACTIVE');
  const guardian = contact({ scenarios: two });
  // Narrowed: one scenario stops.
  const after = { ...guardian, scenarios: overdue };
  expect(
    tally.add({
      about: 'patron',
      patronId: 1,
      contacts: { before: [guardian], plan: plan({ updates: [{ before: guardian, after }] }) },
    }),
  ).toBe(true);
  // Gone, while another address comes.
  const other = contact({ contact: 'H@x', scenarios: overdue });
  tally.add({
    about: 'patron',
    patronId: 2,
    contacts: {
      before: [other],
      plan: plan({ removes: [other], creates: [create(contact({ role: 'PATRON', scenarios: overdue }))] }),
    },
  });
  // Another primary mark, or a phone, is nobody's loss.
  const same = contact({});
  const marked = { ...same, primary: true };
  expect(
    tally.add({
      about: 'patron',
      patronId: 3,
      contacts: { before: [same], plan: plan({ updates: [{ before: same, after: marked }] }) },
    }),
  ).toBe(false);
  expect(tally.total.messages).toEqual([
    { scenario: 'OVERDUE', role: 'PATRON', stop: 0, start: 1 },
    { scenario: 'LOAN_RECALL', role: 'GUARDIAN', stop: 1, start: 0 },
    { scenario: 'OVERDUE', role: 'GUARDIAN', stop: 1, start: 0 },
  ]);
  expect(tally.total.patrons).toMatchObject({ changed: 3, losingContacts: 1, leftWithoutEmail: 0 });
});

test('I22 an address that stands twice, or is spelled anew, does not stop', () => {
  const tally = new ConsequenceTally(() => 'ACTIVE');
  const [own, guardian] = [contact({ role: 'PATRON' }), contact({ contact: 'G@X' })];
  // The other one of the same address stays.
  tally.add({
    about: 'patron',
    patronId: 1,
    contacts: { before: [own, guardian], plan: plan({ removes: [guardian] }) },
  });
  // ANY covers what a list of scenarios said.
  const listed = contact({ scenarios: two });
  const any = { ...listed, contact: 'G@x', scenarios: ANY };
  tally.add({
    about: 'patron',
    patronId: 2,
    contacts: { before: [listed], plan: plan({ updates: [{ before: listed, after: any }] }) },
  });
  expect(tally.total.messages.every(({ stop }) => stop === 0)).toBe(true);
  expect(tally.total.messages.find(({ scenario }) => scenario === 'OVERDUE')).toBeUndefined();
  // Permitted nowhere is as good as not there.
  const muted = { ...any, scenarios: NONE };
  tally.add({
    about: 'patron',
    patronId: 3,
    contacts: { before: [any], plan: plan({ updates: [{ before: any, after: muted }] }) },
  });
  expect(sayConsequences(tally.total)).toContain('1 guardian stops getting messages of every kind.');
});

test('I22 of a patron who had none, each address that comes counts once, in the role it stands in first', () => {
  const comes = (creates: readonly ContactValues[]) => {
    const tally = new ConsequenceTally(() => 'ACTIVE');
    const contacts = { before: [], plan: plan({ creates: creates.map(create) }) };
    expect(tally.add({ about: 'patron', patronId: 1, contacts })).toBe(false);
    return tally.total.messages.map(({ scenario, role, start }) => `${role} ${scenario} ${start}`);
  };
  const own = contact({ role: 'PATRON', contact: 'own@x', scenarios: overdue });
  const guardian = contact({ scenarios: two });
  const phone = contact({ type: 'PHONE', contact: '123', scenarios: two });
  const muted = contact({ contact: 'm@x', scenarios: NONE });
  expect(comes([own, guardian, phone, muted])).toEqual([
    'PATRON OVERDUE 1',
    'GUARDIAN LOAN_RECALL 1',
    'GUARDIAN OVERDUE 1',
  ]);
  expect(comes([own, { ...guardian, contact: 'OWN@X' }, phone])).toEqual([
    'PATRON LOAN_RECALL 1',
    'PATRON OVERDUE 1',
  ]);
  const many = Array.from({ length: 12 }, (_, n) => ({ ...guardian, contact: `g${n % 6}@x` }));
  expect(comes(many)).toEqual(['GUARDIAN LOAN_RECALL 6', 'GUARDIAN OVERDUE 6']);
});

test('patrons are counted by what happens to them, and every count has its sentence', () => {
  const tally = new ConsequenceTally(() => 'ACTIVE');
  const inactive: Patron = { ...record, status: 'INACTIVE' };
  expect(tally.add({ about: 'patron', patronId: null, record: { before: undefined, after: record } })).toBe(
    false,
  );
  expect(tally.add({ about: 'patron', patronId: 1, record: { before: record, after: inactive } })).toBe(true);
  expect(tally.add({ about: 'patron', patronId: 1, record: { before: inactive, after: record } })).toBe(
    false,
  );
  const [email, phone] = [contact({ role: 'PATRON', scenarios: NONE }), contact({ type: 'PHONE' })];
  expect(
    tally.add({
      about: 'patron',
      patronId: 1,
      contacts: { before: [email, phone], plan: plan({ removes: [email] }) },
    }),
  ).toBe(true);
  tally.add({
    about: 'patron',
    patronId: 1,
    contacts: { before: [phone], plan: plan({ removes: [phone] }) },
  });
  expect(tally.total).toEqual({
    patrons: {
      changed: 5,
      created: 1,
      inactivated: 1,
      reactivated: 1,
      removed: 0,
      losingContacts: 2,
      leftWithoutContacts: 1,
      leftWithoutEmail: 1,
    },
    contacts: { created: 0, updated: 0, removed: 2 },
    messages: [],
  });
  expect(sayConsequences(tally.total)).toEqual([
    '1 patron becomes inactive.',
    '2 patrons lose 2 contacts.',
    '1 patron is left without any contact.',
    '1 patron is left without any e-mail.',
    '1 patron is new.',
    '1 patron becomes active again.',
    '5 patrons change in some way.',
  ]);
  expect(sayConsequences(new ConsequenceTally(() => 'ACTIVE').total)).toEqual([]);
});
