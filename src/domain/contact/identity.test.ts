import { expect, test } from 'vitest';
import { values } from '../../../test/support/contact-records.ts';
import { contactFinder, lastOfEach } from './contact-finder.ts';
import { contactIdentity, sameContact } from './identity.ts';

test.each([
  ['I19 case does not tell contacts apart', values('Jane@X.org'), values('jANE@x.ORG'), true],
  ['I17, I19 nor do diacritics', values('łódź@x.org'), values('lodz@x.org'), true],
  ['I19 the type does', values('1', { type: 'PHONE' }), values('1', { type: 'SOCIAL_MEDIA' }), false],
  ['I19 the role does', values('a@x.org'), values('a@x.org', { role: 'GUARDIAN' }), false],
  ['I19 the contact does', values('a@x.org'), values('b@x.org'), false],
])('%s', (_, a, b, same) => {
  expect(sameContact(a, b)).toBe(same);
  expect(contactIdentity(a) === contactIdentity(b)).toBe(same);
});

test('the form of an identity is fixed, since it is stored', () => {
  expect(contactIdentity(values('Jane@X.org', { role: 'GUARDIAN' }))).toBe('EMAIL:GUARDIAN:jane@x.org');
});

test.each([3, 30])('I19 the last of each identity is found in a list of %i', (size) => {
  const list = Array.from({ length: size }, (_, i) => values(`c${i}@x.org`));
  expect(lastOfEach(list)).toBeUndefined();
  expect(contactFinder(list)(values('C2@x.org'))).toBe(2);
  expect(contactFinder(list)(values('none@x.org'))).toBe(-1);
  expect(lastOfEach([...list, values('C1@x.org')])).toEqual(
    Array.from({ length: size + 1 }, (_, i) => i).filter((i) => i !== 1),
  );
});
