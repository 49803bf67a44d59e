import { describe, expect, test } from 'vitest';
import { defaultThresholds } from './change-threshold.ts';
import { holdMessage, holdReasons, planGrew, type GuardFigures } from './hold-reasons.ts';

const nothing: GuardFigures = {
  kind: 'patrons',
  mode: 'full',
  firstLoad: false,
  modeShownFirst: false,
  patronsInactivated: 0,
  patronsActive: 100,
  contactsCreated: 0,
  contactsRemoved: 0,
  contactsStanding: 0,
  redone: [],
};
const codes = (figures: Partial<GuardFigures>, thresholds = defaultThresholds) =>
  holdReasons(thresholds, { ...nothing, ...figures }).map(({ code }) => code);

describe('S10 what is held', () => {
  test('S10 patrons made inactive count in mode full alone', () => {
    expect(codes({ patronsInactivated: 51 })).toEqual(['patrons-inactivated']);
    expect(codes({ patronsInactivated: 50 })).toEqual([]);
    expect(codes({ patronsInactivated: 51, mode: 'addOrUpdate' })).toEqual([]);
    expect(codes({ patronsInactivated: 51 }, { ...defaultThresholds, patronsInactivated: null })).toEqual([]);
  });

  test('S10 of contacts the net loss counts, against those of the patrons in the file', () => {
    const contacts = { kind: 'contacts', mode: 'replaceDeclaredPatrons', contactsStanding: 1000 };
    expect(codes({ ...contacts, contactsRemoved: 301 })).toEqual(['contacts-lost']);
    expect(codes({ ...contacts, contactsRemoved: 301, contactsCreated: 1 })).toEqual([]);
    expect(codes({ ...contacts, contactsRemoved: 1000, contactsCreated: 1000 })).toEqual([]);
    const off = { ...defaultThresholds, contactsLost: null };
    expect(codes({ ...contacts, contactsRemoved: 1000 }, off)).toEqual([]);
  });

  test('S10 a first load is never held, but for a mode that is always shown first (I21)', () => {
    const harm = { firstLoad: true, patronsInactivated: 100, redone: [{ undone: 1, patrons: 1 }] };
    expect(codes(harm)).toEqual([]);
    expect(codes({ ...harm, modeShownFirst: true })).toEqual(['mode-shown-first']);
  });

  test('S10 what an undo took back is a reason of its own, and reasons stand beside each other', () => {
    expect(codes({ patronsInactivated: 100, redone: [{ undone: 7, patrons: 3 }] })).toEqual([
      'patrons-inactivated',
      'redoes-undone',
    ]);
  });
});

test('each reason says the figures', () => {
  const reasons = holdReasons(defaultThresholds, {
    ...nothing,
    modeShownFirst: true,
    patronsInactivated: 60,
    redone: [{ undone: 7, patrons: 1 }],
  });
  expect([...reasons, planGrew].map(holdMessage)).toEqual([
    'this mode is always looked at first',
    '60 of 100 active patrons would become inactive (more than 50 and more than 30 %)',
    'what run 7 did and an undo took back would be done again to 1 patron',
    'it would now take away more than was shown when it was approved',
  ]);
});
