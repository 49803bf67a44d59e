import { describe, expect, test } from 'vitest';
import { defaultThresholds } from './change-threshold.ts';
import { holdMessage, holdReasons, planGrew, type FileFigures, type GuardFigures } from './hold-reasons.ts';

const patronsFile: FileFigures = {
  kind: 'patrons',
  mode: 'full',
  firstLoad: false,
  created: 0,
  removed: 0,
  standing: 0,
};
const nothing: GuardFigures = {
  files: [patronsFile],
  modeShownFirst: false,
  patronsInactivated: 0,
  patronsActive: 100,
  membersInactivated: 0,
  sectionLosses: [],
  redone: [],
};
const codes = (
  figures: Partial<GuardFigures>,
  thresholds = defaultThresholds,
  file: Partial<FileFigures> = {},
) =>
  holdReasons(thresholds, { ...nothing, files: [{ ...patronsFile, ...file }], ...figures }).map(
    ({ code }) => code,
  );
const redone = (subjects: number, noun: 'patron' | 'record' = 'patron') => [{ undone: 7, subjects, noun }];

describe('S10 what is held', () => {
  test('S10 patrons made inactive count in mode full alone', () => {
    expect(codes({ patronsInactivated: 51 })).toEqual(['patrons-inactivated']);
    expect(codes({ patronsInactivated: 50 })).toEqual([]);
    expect(codes({ patronsInactivated: 51 }, defaultThresholds, { mode: 'addOrUpdate' })).toEqual([]);
    expect(codes({ patronsInactivated: 51 }, { ...defaultThresholds, patronsInactivated: null })).toEqual([]);
  });

  test('S10 of contacts the net loss counts, against those of the patrons in the file', () => {
    const contacts = { kind: 'contacts', mode: 'replaceDeclaredPatrons', standing: 1000 };
    const held = (file: Partial<FileFigures>, thresholds = defaultThresholds) =>
      codes({}, thresholds, { ...contacts, ...file });
    expect(held({ removed: 301 })).toEqual(['contacts-lost']);
    expect(held({ removed: 301, created: 1 })).toEqual([]);
    expect(held({ removed: 1000, created: 1000 })).toEqual([]);
    expect(held({ removed: 1000 }, { ...defaultThresholds, contactsLost: null })).toEqual([]);
  });

  test('S10 of members those count that stop being active, against the sections in the file and in any one', () => {
    const members = { kind: 'section-members', mode: 'replace', standing: 170 };
    const held = (figures: Partial<GuardFigures>) => codes(figures, defaultThresholds, members);
    expect(held({ membersInactivated: 52 })).toEqual(['members-inactivated']);
    expect(held({ membersInactivated: 51 })).toEqual([]);
    const loss = { section: 'BIO-1', count: 10, of: 19 };
    expect(held({ membersInactivated: 10, sectionLosses: [loss] })).toEqual(['section-members-inactivated']);
    // Another file of the same delivery is not judged by it.
    expect(codes({ membersInactivated: 100 }, defaultThresholds, { kind: 'section' })).toEqual([]);
  });

  test('S10 a first load is never held, but for a mode that is always shown first (I21)', () => {
    const harm = { patronsInactivated: 100, redone: redone(1) };
    const first = { firstLoad: true };
    expect(codes(harm, defaultThresholds, first)).toEqual([]);
    expect(codes({ ...harm, modeShownFirst: true }, defaultThresholds, first)).toEqual(['mode-shown-first']);
  });

  test('S10 what an undo took back is a reason of its own, and reasons stand beside each other', () => {
    expect(codes({ patronsInactivated: 100, redone: redone(3) })).toEqual([
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
    redone: [...redone(1), ...redone(2, 'record')],
  });
  const ofMembers = holdReasons(defaultThresholds, {
    ...nothing,
    files: [{ ...patronsFile, kind: 'section-members', standing: 120 }],
    membersInactivated: 60,
    sectionLosses: [
      { section: 'BIO-1', count: 12, of: 20 },
      { section: 'ART-2', count: 48, of: 50 },
    ],
  });
  expect([...reasons, planGrew, ...ofMembers].map(holdMessage)).toEqual([
    'this mode is always looked at first',
    '60 of 100 active patrons would become inactive (more than 50 and more than 30 %)',
    'what run 7 did and an undo took back would be done again to 1 patron',
    'what run 7 did and an undo took back would be done again to 2 records',
    'it would now take away more than was shown when it was approved',
    '60 of the 120 active members of the sections in the file would lose their place (more than 50 and more than 30 %)',
    'section “ART-2” would lose 48 of its 50 active members (more than 9 and more than 50 %), and 1 other section as much or less',
  ]);
});
