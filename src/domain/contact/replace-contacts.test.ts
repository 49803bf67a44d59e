import { describe, expect, test } from 'vitest';
import type { RowResult } from '../outcome.ts';
import type { Contact } from './contact.ts';
import { afterPlan, brief, declared, stored } from '../../../test/support/contact-records.ts';
import { contactIdentity } from './identity.ts';
import type { DeclaredContact } from './parse-contact-row.ts';
import { contactImportModes, removeImportedContacts, replaceContacts } from './replace-contacts.ts';
import type { ContactImportMode } from './replace-contacts.ts';
import { NONE } from './scenarios.ts';

const replace = 'replaceDeclaredPatrons';
const keepCustom = 'replaceDeclaredPatronsKeepCustomContacts';
const failed: RowResult = { row: 9, outcome: 'failed', notes: [{ code: 'type-invalid', value: 'X' }] };
const primary = { primary: true } as const;
const custom = { origin: 'custom' } as const;

/** Imports the rows into the contacts and tells the plan beside what stands afterwards. */
function imported(
  mode: ContactImportMode,
  before: readonly Contact[],
  rows: readonly DeclaredContact[],
  failedRows: readonly RowResult[] = [],
) {
  const plan = replaceContacts({ mode, stored: before, declared: rows, failedRows });
  const after = afterPlan(before, plan);
  const codes = Object.fromEntries(plan.rows.map(({ row, notes }) => [row, notes.map(({ code }) => code)]));
  const outcomes = plan.rows.map(({ row, outcome }) => `${row} ${outcome}`);
  return { plan, after, brief: brief(after), codes, outcomes };
}

describe('what every mode does with a declared patron', () => {
  test.each(contactImportModes)('creates, updates and leaves as they are (%s)', (mode) => {
    const before = [stored(1, 'a@x', primary), stored(2, 'b@x')];
    const { plan, after, outcomes } = imported(mode, before, [
      declared(2, 'a@x', primary),
      declared(3, 'b@x', { scenarios: NONE, addressee: 'B' }),
      declared(4, '123', { type: 'PHONE', sms: true }),
    ]);
    expect(outcomes).toEqual(['2 unchanged', '3 updated', '4 created']);
    expect(plan.unchanged).toBe(1);
    expect(plan.creates).toEqual([
      {
        values: { ...plan.creates[0]!.values, contact: '123', sms: true },
        origin: 'imported',
        importedAs: null,
        row: 4,
      },
    ]);
    expect(plan.updates).toEqual([
      { before: before[1], after: { ...before[1], scenarios: NONE, addressee: 'B' }, row: 3 },
    ]);
    expect(after).toHaveLength(3);
  });

  test('I19 a contact that differs in case only is the same one, spelled as the file has it', () => {
    expect(imported(replace, [stored(1, 'Jane@X', primary)], [declared(2, 'jane@x', primary)])).toMatchObject(
      {
        brief: ['jane@x*'],
        outcomes: ['2 updated'],
      },
    );
  });

  test('what is created says nothing but the contact', () => {
    const { plan } = imported(replace, [], [declared(2, 'a@x', primary)]);
    expect(Object.keys(plan.creates[0]!.values).toSorted()).toEqual([
      'addressee',
      'bcc',
      'contact',
      'primary',
      'role',
      'scenarios',
      'sms',
      'type',
    ]);
  });
});

describe('removal', () => {
  const before = [stored(1, 'a@x', primary), stored(2, 'old@x'), stored(3, 'c@x', custom)];
  const rows = [declared(2, 'a@x', primary)];

  test('I12 replaceDeclaredPatrons removes what the file leaves out, custom ones as well', () => {
    expect(imported(replace, before, rows).brief).toEqual(['a@x*']);
  });

  test.each([keepCustom, 'replaceAllPatrons'] as const)('I12 %s keeps the custom ones', (mode) => {
    expect(imported(mode, before, rows).brief).toEqual(['a@x*', 'c@x+']);
  });

  test('I21 addOrUpdate removes nothing', () => {
    expect(imported('addOrUpdate', before, rows).brief).toEqual(['a@x*', 'old@x', 'c@x+']);
  });

  test('I21 a patron that replaceAllPatrons leaves out keeps custom contacts only', () => {
    const plan = removeImportedContacts(before);
    expect(brief(afterPlan(before, plan))).toEqual(['c@x*+']);
  });
});

describe('failed rows', () => {
  const before = [stored(1, 'a@x', primary), stored(2, 'c@x', custom)];

  test.each(contactImportModes)('I10, S5 nothing of the patron is removed in %s', (mode) => {
    const { after, codes, outcomes } = imported(mode, before, [declared(2, 'new@x')], [failed]);
    expect(after.map(({ contact }) => contact)).toEqual(['a@x', 'c@x', 'new@x']);
    expect(outcomes).toEqual(['2 created', '9 failed']);
    expect(codes[2]).toEqual(mode === 'addOrUpdate' ? [] : ['nothing-removed']);
    expect(codes[9]).toEqual(['type-invalid']);
  });

  test('I10 without a good row the patron is untouched', () => {
    const { plan } = imported(replace, before, [], [failed]);
    expect(plan).toEqual({ creates: [], updates: [], removes: [], unchanged: 0, rows: [failed] });
  });

  test('I10 the good rows are applied, also to a custom contact that equals one', () => {
    const rows = [declared(2, 'C@x', { scenarios: NONE })];
    expect(imported(replace, before, rows, [failed]).after[1]).toEqual(stored(2, 'C@x', { scenarios: NONE }));
  });

  test('I10 a value given by hand is not lost to the value it came with', () => {
    const edited = stored(1, 'hand@x', {
      ...primary,
      ...custom,
      importedAs: contactIdentity(stored(1, 'a@x')),
    });
    expect(imported(replace, [edited], [declared(2, 'a@x')], [failed]).brief).toEqual(['hand@x*+', 'a@x']);
  });

  test('verdicts come in row order', () => {
    const rows = [declared(12, 'a@x'), declared(14, 'b@x')];
    expect(imported(replace, [], rows, [failed]).outcomes).toEqual(['9 failed', '12 created', '14 created']);
  });
});

describe('a file that leaves a patron without rows', () => {
  test('plans nothing, least of all removals', () => {
    expect(imported(replace, [stored(1, 'a@x', primary)], []).brief).toEqual(['a@x*']);
  });
});

describe('primary', () => {
  test('I11 of several declared the first in file order stays, the others are demoted and say so', () => {
    const rows = [declared(2, 'a@x'), declared(3, 'b@x', primary), declared(4, 'c@x', primary)];
    const { brief: names, codes } = imported(replace, [], rows);
    expect(names).toEqual(['a@x', 'b@x*', 'c@x']);
    expect(codes).toEqual({ 2: [], 3: [], 4: ['primary-demoted'] });
  });

  test('I11 none declared: one of several e-mails is elected and says so', () => {
    const rows = [declared(2, 'g@x', { role: 'GUARDIAN' }), declared(3, 'p@x')];
    const { brief: names, codes } = imported(replace, [], rows);
    expect(names).toEqual(['g@x', 'p@x*']);
    expect(codes).toEqual({ 2: [], 3: ['primary-elected'] });
  });

  test('I11 an only e-mail becomes primary without a word; a phone does not', () => {
    const rows = [declared(2, '1', { type: 'PHONE' }), declared(3, 'p@x')];
    expect(imported(replace, [], rows)).toMatchObject({ brief: ['1', 'p@x*'], codes: { 2: [], 3: [] } });
  });

  test('I11 a declared primary takes over from a stored imported one that stays', () => {
    const before = [stored(1, 'a@x', primary)];
    expect(imported('addOrUpdate', before, [declared(2, 'b@x', primary)]).brief).toEqual(['a@x', 'b@x*']);
    expect(imported('addOrUpdate', before, [declared(2, 'b@x')]).brief).toEqual(['a@x*', 'b@x']);
  });

  test.each(['EMAIL', 'PHONE'] as const)('I12 a custom primary stays primary (%s)', (type) => {
    const before = [stored(1, 'a@x', { ...primary, type }), stored(2, 'c@x', { type, ...custom })];
    const byHand = [
      { ...before[0]!, primary: false },
      { ...before[1]!, ...primary },
    ];
    const rows = [declared(2, 'a@x', { type, ...primary })];
    expect(imported(keepCustom, byHand, rows)).toMatchObject({
      brief: ['a@x', 'c@x*+'],
      codes: { 2: ['primary-demoted'] },
      outcomes: ['2 unchanged'],
    });
  });

  test('I12 replaceDeclaredPatrons does not ask which primary was made by hand', () => {
    const before = [stored(1, 'a@x'), stored(2, 'b@x', { ...primary, ...custom })];
    const rows = [declared(2, 'a@x', primary), declared(3, 'b@x', primary)];
    expect(imported(replace, before, rows).brief).toEqual(['a@x*', 'b@x']);
  });
});

describe('custom contacts', () => {
  const made = stored(1, 'Jane@x', { ...primary, ...custom, addressee: 'By hand' });
  const edited = stored(1, 'hand@x', {
    ...primary,
    ...custom,
    importedAs: contactIdentity(stored(1, 'came@x')),
  });

  test('I12 keeping them, a row equal to one leaves it as it is and adds no twin', () => {
    const { plan, codes, outcomes } = imported(
      keepCustom,
      [made],
      [declared(2, 'jane@X', { scenarios: NONE })],
    );
    expect(plan).toMatchObject({ creates: [], updates: [], removes: [], unchanged: 1 });
    expect(codes).toEqual({ 2: ['custom-kept'] });
    expect(outcomes).toEqual(['2 unchanged']);
  });

  test('I12 keeping them, the value a contact came with does not come back beside it', () => {
    for (const contact of ['came@x', 'CAME@x', 'hand@x']) {
      expect(imported(keepCustom, [edited], [declared(2, contact, primary)]).after).toEqual([edited]);
    }
    const both = imported(keepCustom, [edited], [declared(2, 'came@x'), declared(3, 'hand@x')]);
    expect(both.after).toEqual([edited]);
    expect(both.plan.unchanged).toBe(1);
  });

  test('I12 keeping them, a value it did not come with does', () => {
    expect(imported(keepCustom, [edited], [declared(2, 'other@x')]).brief).toEqual(['hand@x*+', 'other@x']);
  });

  test('I12 replaceDeclaredPatrons makes one that equals a row imported again, in place', () => {
    expect(imported(replace, [made], [declared(2, 'jane@x', primary)]).after).toEqual([
      stored(1, 'jane@x', primary),
    ]);
    expect(imported(replace, [edited], [declared(2, 'hand@x')]).after).toEqual([
      stored(1, 'hand@x', primary),
    ]);
  });

  test('I12 replaceDeclaredPatrons puts back the value a contact came with, in place', () => {
    const { after, plan } = imported(replace, [edited], [declared(2, 'came@x')]);
    expect(after).toEqual([stored(1, 'came@x', primary)]);
    expect(plan.removes).toEqual([]);
  });

  test('I12 replaceDeclaredPatrons takes a contact for one row only, its present value first', () => {
    const rows = [declared(2, 'came@x'), declared(3, 'hand@x', primary)];
    const { after, outcomes } = imported(replace, [edited], rows);
    expect(after).toEqual([stored(1, 'hand@x', primary), stored(2, 'came@x')]);
    expect(outcomes).toEqual(['2 created', '3 updated']);
  });
});

describe('the same contact twice', () => {
  test.each([0, 20])(
    'I19 is one contact, the later row counts and both rows say so (beside %i others)',
    (others) => {
      const more = Array.from({ length: others }, (_, i) => declared(100 + i, `o${i}@x`));
      const rows = [
        declared(2, 'a@x', primary),
        declared(3, 'b@x'),
        declared(4, 'A@x', { addressee: 'Later' }),
        ...more,
      ];
      const { plan, codes, outcomes } = imported(replace, [], rows);
      expect(plan.creates).toHaveLength(2 + others);
      expect(plan.creates.find(({ row }) => row === 4)?.values).toMatchObject({
        contact: 'A@x',
        addressee: 'Later',
      });
      expect(codes[2]).toEqual(['contact-duplicate']);
      expect(codes[4]).toContain('contact-duplicate');
      expect(plan.rows[0]!.notes[0]).toMatchObject({ suggestion: '4' });
      expect(plan.rows[2]!.notes.at(-1)).toMatchObject({ suggestion: '2' });
      expect(outcomes.slice(0, 3)).toEqual(['2 created', '3 created', '4 created']);
    },
  );

  test('I11, I19 the row that counts has its own place in file order', () => {
    const rows = [declared(2, 'a@x', primary), declared(3, 'b@x', primary), declared(4, 'a@x', primary)];
    expect(imported(replace, [], rows).brief).toEqual(['b@x*', 'a@x']);
  });

  test('I19 the same text in another role or type is another contact', () => {
    const rows = [
      declared(2, 'a@x'),
      declared(3, 'a@x', { role: 'GUARDIAN' }),
      declared(4, 'a@x', { type: 'PHONE' }),
    ];
    expect(imported(replace, [], rows).after).toHaveLength(3);
  });
});

describe('where plain rows need no verdict', () => {
  const told = (rows: readonly DeclaredContact[], failedRows: readonly RowResult[] = []) =>
    replaceContacts({ mode: replace, stored: [], declared: rows, failedRows, tellsPlain: false });

  test('the plan is the same, and rows with something to say still have theirs', () => {
    const rows = [declared(2, 'a@x', primary), declared(3, 'b@x', primary), declared(4, 'c@x')];
    const all = replaceContacts({ mode: replace, stored: [], declared: rows, failedRows: [] });
    const few = told(rows);
    expect(few.creates).toEqual(all.creates);
    expect(all.rows.map(({ row }) => row)).toEqual([2, 3, 4]);
    expect(few.rows).toEqual(all.rows.filter(({ notes }) => notes.length > 0));
    expect(few.rows.map(({ row }) => row)).toEqual([3]);
  });

  test('I19, I10 rows that say the same and failed ones are told of as ever', () => {
    const rows = [declared(2, 'a@x', primary), declared(3, 'A@x', primary), declared(4, 'c@x')];
    for (const failedRows of [[], [failed]]) {
      const all = replaceContacts({ mode: replace, stored: [], declared: rows, failedRows });
      expect(told(rows, failedRows)).toEqual(all);
    }
  });
});
