import { describe, expect, test } from 'vitest';
import { MusterError } from '../errors.ts';
import { addContact, changeContact, removeContact } from './edit-contact.ts';
import { afterPlan, brief, stored } from '../../../test/support/contact-records.ts';
import { contactIdentity } from './identity.ts';
import { ANY, NONE } from './scenarios.ts';

const primary = { primary: true } as const;
const before = [
  stored(1, 'p@x', primary),
  stored(2, 'g@x', { role: 'GUARDIAN' }),
  stored(3, '123', { type: 'PHONE', ...primary }),
];

/** The code of the refusal that the work ends in. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof MusterError) return error.code;
    throw error;
  }
  return 'none';
}

describe('adding by hand', () => {
  test('I12, I13 makes a custom contact with the defaults of a missing column', () => {
    expect(afterPlan(before, addContact(before, { type: 'EMAIL', contact: ' Łódź@x ' }))[3]).toEqual(
      stored(4, 'Lodz@x', { origin: 'custom', scenarios: ANY }),
    );
  });

  test('I11 made primary it demotes the other of its type, which stays imported', () => {
    const plan = addContact(before, { type: 'EMAIL', contact: 'h@x', primary: true });
    expect(brief(afterPlan(before, plan))).toEqual(['p@x', 'g@x', '123*', 'h@x*+']);
  });

  test('I11 a first e-mail is primary whatever was asked', () => {
    const plan = addContact([], { type: 'EMAIL', contact: 'h@x', primary: false });
    expect(plan.creates[0]?.values.primary).toBe(true);
  });

  test('I15 bcc is kept on e-mail only, sms on phones only', () => {
    const more = { bcc: 'TRUE', sms: true } as const;
    expect(addContact([], { type: 'PHONE', contact: '1', ...more }).creates[0]?.values).toMatchObject({
      bcc: 'SCHOOL_DEFAULT',
      sms: true,
    });
    expect(addContact([], { type: 'EMAIL', contact: 'a@x', ...more }).creates[0]?.values).toMatchObject({
      bcc: 'TRUE',
      sms: false,
    });
  });

  test('I16, I19 blank and hopeless ones are bad requests, one that stands already is a conflict', () => {
    expect(refusal(() => addContact(before, { type: 'PHONE', contact: ' ' }))).toBe('bad-request');
    expect(refusal(() => addContact(before, { type: 'EMAIL', contact: 'nobody' }))).toBe('bad-request');
    expect(refusal(() => addContact(before, { type: 'EMAIL', contact: 'P@X' }))).toBe('conflict');
    expect(refusal(() => addContact(before, { type: 'EMAIL', contact: 'P@X', role: 'OTHER' }))).toBe('none');
  });
});

describe('changing by hand', () => {
  test('I12 an imported contact becomes custom and remembers the identity it came with, for good', () => {
    const once = afterPlan(before, changeContact(before, 1, { contact: 'q@x' }));
    expect(once[0]).toEqual(
      stored(1, 'q@x', { ...primary, origin: 'custom', importedAs: contactIdentity(before[0]!) }),
    );
    const twice = afterPlan(once, changeContact(once, 1, { contact: 'r@x', scenarios: NONE }));
    expect(twice[0]).toEqual({ ...once[0], contact: 'r@x', scenarios: NONE });
  });

  test('I12 one made by hand came with nothing', () => {
    const made = [stored(1, 'a@x', { ...primary, origin: 'custom' })];
    expect(afterPlan(made, changeContact(made, 1, { addressee: 'A' }))[0]).toMatchObject({
      importedAs: null,
    });
  });

  test('a change that says nothing new plans nothing, so the contact stays imported', () => {
    const plan = changeContact(before, 1, { contact: 'p@x ', primary: true, role: undefined });
    expect([plan.creates, plan.updates, plan.removes]).toEqual([[], [], []]);
  });

  test('I11 making one primary demotes the other', () => {
    expect(brief(afterPlan(before, changeContact(before, 2, { primary: true })))).toEqual([
      'p@x',
      'g@x*+',
      '123*',
    ]);
  });

  test('I11 an e-mail that steps down is followed by another; an only one cannot step down', () => {
    expect(brief(afterPlan(before, changeContact(before, 1, { primary: false })))).toEqual([
      'p@x+',
      'g@x*',
      '123*',
    ]);
    const only = [stored(1, 'p@x', primary)];
    expect(changeContact(only, 1, { primary: false }).updates).toEqual([]);
    expect(brief(afterPlan(before, changeContact(before, 3, { primary: false })))).toEqual([
      'p@x*',
      'g@x',
      '123+',
    ]);
  });

  test('I11 a contact that changes its type does not bring its primary mark along', () => {
    const contacts = [...before, stored(4, '456', { type: 'PHONE' })];
    const after = afterPlan(contacts, changeContact(contacts, 1, { type: 'PHONE', contact: '789' }));
    expect(brief(after)).toEqual(['789+', 'g@x*', '123*', '456']);
  });

  test('I16, I19 refusals are those of adding, and not-found', () => {
    expect(refusal(() => changeContact(before, 1, { contact: '' }))).toBe('bad-request');
    expect(refusal(() => changeContact(before, 3, { type: 'EMAIL' }))).toBe('bad-request');
    expect(refusal(() => changeContact(before, 2, { role: 'PATRON', contact: 'P@x' }))).toBe('conflict');
    expect(refusal(() => changeContact(before, 1, { contact: 'P@x' }))).toBe('none');
    expect(refusal(() => changeContact(before, 99, { addressee: 'A' }))).toBe('not-found');
  });
});

test('I11 removing the primary e-mail elects another; removing a primary phone elects none', () => {
  expect(brief(afterPlan(before, removeContact(before, 1)))).toEqual(['g@x*', '123*']);
  const phones = [...before, stored(4, '456', { type: 'PHONE' })];
  expect(brief(afterPlan(phones, removeContact(phones, 3)))).toEqual(['p@x*', 'g@x', '456']);
  expect(refusal(() => removeContact(before, 99))).toBe('not-found');
});
