import { expect, test } from 'vitest';
import { stored } from '../../../test/support/contact-records.ts';
import { addresseeOf, recipientsFor } from './recipients.ts';
import { NONE, parseScenarioNames } from './scenarios.ts';

const names = { firstname: ' Jane ', surname: 'van  Doe' };

test('I18 a blank addressee on role PATRON is the patron’s names as they are now', () => {
  expect(addresseeOf({ role: 'PATRON', addressee: '' }, names)).toBe('Jane van Doe');
  expect(addresseeOf({ role: 'PATRON', addressee: '' }, { firstname: '', surname: 'Doe' })).toBe('Doe');
  expect(addresseeOf({ role: 'PATRON', addressee: 'J.' }, names)).toBe('J.');
});

test('I18 a blank addressee on another role stays blank', () => {
  expect(addresseeOf({ role: 'GUARDIAN', addressee: '' }, names)).toBe('');
});

const contacts = [
  stored(1, 'p@x', { primary: true, scenarios: NONE }),
  stored(2, 'g@x', { role: 'GUARDIAN', addressee: 'Mrs Doe', scenarios: parseScenarioNames(['OVERDUE']) }),
  stored(3, 'q@x', { bcc: 'TRUE' }),
  stored(4, 'r@x', { bcc: 'FALSE', role: 'OTHER' }),
  stored(5, '0123', { type: 'PHONE' }),
];

test('I22 recipients are the e-mails whose scenarios permit it; being primary is no reason', () => {
  expect(recipientsFor(contacts, names, 'OVERDUE', 'FALSE')).toEqual([
    { contact: 'g@x', addressee: 'Mrs Doe', field: 'to' },
    { contact: 'q@x', addressee: 'Jane van Doe', field: 'bcc' },
    { contact: 'r@x', addressee: '', field: 'to' },
  ]);
});

test('I13, I22 SCHOOL_DEFAULT is what the tenant says it is', () => {
  const fields = recipientsFor(contacts, names, 'OVERDUE', 'TRUE').map(({ field }) => field);
  expect(fields).toEqual(['bcc', 'bcc', 'to']);
});

test('I22 nobody permitted: no recipient', () => {
  expect(recipientsFor(contacts.slice(0, 2), names, 'LOAN_RECALL', 'FALSE')).toEqual([]);
});
