import { describe, expect, test } from 'vitest';
import { values } from '../../../test/support/contact-records.ts';
import { choosePrimaries } from './primary.ts';

const primary = { primary: true } as const;

describe('I11 the primary e-mail', () => {
  test.each([
    ['I11 there is none without e-mail', [values('1', { type: 'PHONE', ...primary })], -1],
    ['I11 an only e-mail is primary', [values('a@x')], 0],
    [
      'I11 of several declared ones the first stays',
      [values('a@x'), values('b@x', primary), values('c@x', primary)],
      1,
    ],
    [
      'I11 none declared: the patron’s own is elected first',
      [values('o@x', { role: 'OTHER' }), values('g@x', { role: 'GUARDIAN' }), values('p@x'), values('q@x')],
      2,
    ],
    [
      'I11 none declared and none of the patron’s own: a guardian’s',
      [
        values('o@x', { role: 'OTHER' }),
        values('g@x', { role: 'GUARDIAN' }),
        values('h@x', { role: 'GUARDIAN' }),
      ],
      1,
    ],
    [
      'I11 a declared one of another role is not outvoted',
      [values('p@x'), values('g@x', { role: 'OTHER', ...primary })],
      1,
    ],
  ])('%s', (_, contacts, place) => {
    expect(choosePrimaries(contacts).EMAIL).toBe(place);
  });
});

test('I11 phones and social media have at most one primary and none is elected', () => {
  const phone = values('1', { type: 'PHONE' });
  const handle = values('@a', { type: 'SOCIAL_MEDIA' });
  expect(choosePrimaries([phone, handle])).toEqual({ EMAIL: -1, PHONE: -1, SOCIAL_MEDIA: -1 });
  const contacts = [phone, { ...phone, ...primary }, { ...handle, ...primary }, { ...phone, ...primary }];
  expect(choosePrimaries(contacts)).toEqual({ EMAIL: -1, PHONE: 1, SOCIAL_MEDIA: 2 });
});

test('I12 a primary one with a claim stays before earlier ones; a claim alone makes nobody primary', () => {
  const contacts = [values('a@x', primary), values('b@x'), values('c@x', primary), values('d@x', primary)];
  expect(choosePrimaries(contacts, ({ contact }) => contact !== 'a@x').EMAIL).toBe(2);
});
