import { describe, expect, test } from 'vitest';
import type { Contact } from './contact.ts';
import { afterPlan, brief, stored } from '../../../test/support/contact-records.ts';
import { emailOf, setPatronEmail } from './patron-email.ts';

const primary = { primary: true } as const;
const custom = { origin: 'custom' } as const;
const guardian = stored(9, 'g@x', { role: 'GUARDIAN', ...primary });

function after(before: readonly Contact[], email: string) {
  const plan = setPatronEmail(before, email);
  const contacts = afterPlan(before, plan);
  return {
    contacts,
    brief: brief(contacts),
    email: emailOf(contacts),
    codes: plan.notes.map(({ code }) => code),
  };
}

test.each([
  ['S2 none without a contact', [], ''],
  ['S2 never a guardian’s', [guardian], ''],
  ['S2 never a phone', [stored(1, '123', { type: 'PHONE', ...primary })], ''],
  ['S2 the primary one first', [stored(1, 'a@x'), stored(2, 'b@x', primary)], 'b@x'],
  ['S2 else the first', [stored(1, 'a@x'), stored(2, 'b@x'), guardian], 'a@x'],
])('the patron’s e-mail: %s', (_, contacts, email) => {
  expect(emailOf(contacts)).toBe(email);
});

describe('setting it', () => {
  test('S2 where there is none, adds one: PATRON, ANY, primary, imported', () => {
    expect(after([], ' Łódź@x ').contacts).toEqual([stored(1, 'Lodz@x', primary)]);
    expect(after([guardian], 'p@x')).toMatchObject({ brief: ['g@x', 'p@x*'], email: 'p@x', codes: [] });
  });

  test('S2 changes the contact in place', () => {
    const before = [stored(1, 'a@x', { ...primary, addressee: 'A' }), stored(2, 'b@x')];
    expect(after(before, 'new@x').contacts).toEqual([{ ...before[0], contact: 'new@x' }, before[1]]);
  });

  test('S2 an equal one that stands already becomes primary', () => {
    const before = [stored(1, 'a@x', primary), stored(2, 'b@x')];
    expect(after(before, 'B@x')).toMatchObject({ brief: ['a@x', 'B@x*'], email: 'B@x', codes: [] });
    expect(after([stored(1, 'p@x'), guardian], 'p@x').brief).toEqual(['p@x*', 'g@x']);
  });

  test('S2 the same again changes nothing', () => {
    expect(setPatronEmail([stored(1, 'a@x', primary)], 'a@x')).toMatchObject({
      creates: [],
      updates: [],
      notes: [],
    });
  });

  test('S2 a custom one stays as it is and the answer says so', () => {
    const before = [stored(1, 'hand@x', { ...primary, ...custom }), stored(2, 'b@x')];
    for (const email of ['new@x', 'b@x']) {
      expect(after(before, email)).toMatchObject({ contacts: before, codes: ['email-custom-kept'] });
    }
    expect(after(before, 'HAND@x')).toMatchObject({ contacts: before, codes: [] });
  });

  test('S2, I12 being confirmed does not take the primary mark from a contact that a hand gave it', () => {
    const before = [stored(1, 'p@x'), { ...guardian, ...custom }];
    expect(after(before, 'p@x')).toMatchObject({ contacts: before, email: 'p@x', codes: [] });
  });

  test('S2, I16 a hopeless one is not stored and the answer says so', () => {
    const before = [stored(1, 'a@x', primary)];
    expect(after(before, 'nobody')).toMatchObject({ contacts: before, codes: ['email-invalid'] });
  });
});

describe('clearing it', () => {
  test('S2 removes only that contact', () => {
    const before = [stored(1, 'a@x', primary), stored(2, 'b@x'), stored(3, 'g@x', { role: 'GUARDIAN' })];
    expect(after(before, ' ')).toMatchObject({ brief: ['b@x*', 'g@x'], codes: [] });
    expect(after([guardian], '').contacts).toEqual([guardian]);
  });

  test('S2 leaves a custom one and says so', () => {
    const before = [stored(1, 'hand@x', { ...primary, ...custom })];
    expect(after(before, '')).toMatchObject({ contacts: before, codes: ['email-custom-not-cleared'] });
  });
});

test.each([
  ['a guardian’s is the primary one', [stored(1, 'b@x'), guardian]],
  ['nothing stands', []],
  ['one made by hand is the primary one', [stored(1, 'b@x'), stored(2, 'c@x', { ...custom, ...primary })]],
])('S2 setting the same e-mail again changes nothing more: %s', (_, before) => {
  const once = after(before, 'a@x').contacts;
  expect(after(once, 'a@x').contacts).toEqual(once);
});
