import { describe, expect, test } from 'vitest';
import type { Contact } from './contact.ts';
import { changeContact } from './edit-contact.ts';
import { afterPlan, brief, declared, stored } from '../../../test/support/contact-records.ts';
import { contactIdentity } from './identity.ts';
import { replaceContacts } from './replace-contacts.ts';
import type { ContactImportMode } from './replace-contacts.ts';
import { NONE } from './scenarios.ts';
import { undoContacts } from './undo-contacts.ts';
import type { ContactRunChanges } from './undo-contacts.ts';

const primary = { primary: true } as const;
const custom = { origin: 'custom' } as const;
const nothing: ContactRunChanges = { created: [], updated: [], removed: [] };

function undone(current: readonly Contact[], run: Partial<ContactRunChanges>) {
  const plan = undoContacts(current, { ...nothing, ...run });
  const after = afterPlan(current, plan, 100);
  return {
    plan,
    after,
    brief: brief(after),
    kept: plan.kept.map(({ why, fields }) => [why, ...fields].join(' ')),
  };
}

/** Imports, and tells what the run did as its journal would. */
function run(mode: ContactImportMode, before: readonly Contact[], rows: Parameters<typeof declared>[]) {
  const plan = replaceContacts({
    mode,
    stored: before,
    declared: rows.map((row) => declared(...row)),
    failedRows: [],
  });
  const after = afterPlan(before, plan);
  const created = after.filter(({ id }) => !before.some((contact) => contact.id === id));
  return { after, did: { created, updated: plan.updates, removed: plan.removes } };
}

test('S9 an undo right after the run puts everything back, custom marks and ids included', () => {
  const before = [
    stored(1, 'hand@x', { ...primary, ...custom, importedAs: contactIdentity(stored(1, 'came@x')) }),
    stored(2, 'old@x'),
    stored(3, 'same@x', { addressee: 'A' }),
  ];
  const { after, did } = run('replaceDeclaredPatrons', before, [
    [2, 'came@x'],
    [3, 'Same@x', { ...primary, scenarios: NONE }],
    [4, 'new@x'],
  ]);
  expect(after).not.toEqual(before);
  expect(undone(after, did)).toMatchObject({ after: before, kept: [] });
});

describe('what was created', () => {
  const made = stored(1, 'a@x', primary);

  test('goes, also when another contact has become the primary one since', () => {
    expect(undone([made], { created: [made] }).after).toEqual([]);
    const since = stored(2, 'b@x', { ...primary, ...custom });
    expect(undone([{ ...made, primary: false }, since], { created: [made] })).toMatchObject({
      after: [since],
      kept: [],
    });
  });

  test('stays when it was changed since, and is named', () => {
    const changed = afterPlan([made], changeContact([made], 1, { addressee: 'By hand' }));
    const { after, plan } = undone(changed, { created: [made] });
    expect(after).toEqual(changed);
    expect(plan.kept).toEqual([{ what: 'EMAIL a@x (PATRON)', why: 'changed-since', fields: [] }]);
  });

  test('that is gone already is what the undo wanted', () => {
    expect(undone([], { created: [made] })).toMatchObject({ after: [], kept: [] });
  });
});

describe('what was updated', () => {
  const before = stored(1, 'a@x', { ...primary, addressee: 'Old', scenarios: NONE });
  const after = { ...before, addressee: 'New', scenarios: 1 };

  test('goes back field by field; a field changed since stays and is named', () => {
    const current = afterPlan([after], changeContact([after], 1, { addressee: 'By hand' }));
    const result = undone(current, { updated: [{ before, after }] });
    expect(result.after).toEqual([{ ...current[0], scenarios: NONE }]);
    expect(result.kept).toEqual(['changed-since addressee']);
  });

  test('a field that went back by itself is not worth a word', () => {
    const current = [{ ...after, addressee: 'Old' }];
    expect(undone(current, { updated: [{ before, after }] })).toMatchObject({ after: [before], kept: [] });
  });

  test('stays removed when it was removed since', () => {
    expect(undone([], { updated: [{ before, after }] })).toMatchObject({
      after: [],
      kept: ['removed-since'],
    });
  });

  test('stays when its old value stands beside it now', () => {
    const moved = { ...before, contact: 'b@x' };
    const twin = stored(2, 'A@x', custom);
    const result = undone([moved, twin], { updated: [{ before, after: moved }] });
    expect(result).toMatchObject({ after: [moved, twin], kept: ['twin-since'] });
  });
});

describe('what was removed', () => {
  const gone = stored(1, 'a@x', { ...primary, addressee: 'A' });

  test('comes back with its id', () => {
    expect(undone([], { removed: [gone] }).after).toEqual([gone]);
  });

  test('I19 does not come back beside an equal one', () => {
    const equal = stored(2, 'A@x', { ...primary, ...custom });
    expect(undone([equal], { removed: [gone] })).toMatchObject({ after: [equal], kept: ['twin-since'] });
    const same = { ...gone, id: 2 };
    expect(undone([same], { removed: [gone] })).toMatchObject({ after: [same], kept: [] });
  });

  test('I11 comes back as not primary where another one was made primary since', () => {
    const since = stored(2, 'b@x', { ...primary, ...custom });
    expect(undone([since], { removed: [gone] }).brief).toEqual(['a@x', 'b@x*+']);
  });
});

test('I11 when the primary e-mail is taken back another one is elected', () => {
  const made = stored(2, 'b@x', primary);
  expect(undone([stored(1, 'a@x'), made], { created: [made] }).brief).toEqual(['a@x*']);
});

test('a patron with very many contacts is put back in one walk', () => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => index + 1);
  const before = numbers.map((id) => stored(id, `a${id}@x`));
  const changed = before.map((contact) => ({
    before: contact,
    after: { ...contact, contact: `b${contact.id}@x` },
  }));
  const removed = numbers.map((id) => stored(id + 20_000, `c${id}@x`));
  const { plan } = undone(
    changed.map(({ after }) => after),
    { updated: changed, removed },
  );
  expect(plan.updates).toHaveLength(20_000);
  expect(plan.creates).toHaveLength(20_000);
});
