import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Contact } from '../../src/domain/contact/contact.ts';
import { contactRoles, contactTypes } from '../../src/domain/contact/contact.ts';
import type { ContactPlan } from '../../src/domain/contact/contact-plan.ts';
import { addContact, changeContact, removeContact } from '../../src/domain/contact/edit-contact.ts';
import { afterPlan } from '../support/contact-records.ts';
import { contactIdentity } from '../../src/domain/contact/identity.ts';
import type { DeclaredContact } from '../../src/domain/contact/parse-contact-row.ts';
import { setPatronEmail } from '../../src/domain/contact/patron-email.ts';
import {
  contactImportModes,
  removeImportedContacts,
  replaceContacts,
} from '../../src/domain/contact/replace-contacts.ts';
import type { ContactImportMode } from '../../src/domain/contact/replace-contacts.ts';
import { undoContacts } from '../../src/domain/contact/undo-contacts.ts';
import type { ContactRunChanges } from '../../src/domain/contact/undo-contacts.ts';
import { MusterError } from '../../src/domain/errors.ts';
import type { RowResult } from '../../src/domain/outcome.ts';

/** So few texts that rows, contacts made by hand and former values meet all the time. */
const texts = ['a@x', 'A@x', 'b@x', 'c@x', 'd@x'];

const anyValues = fc.record({
  type: fc.constantFrom(...contactTypes, 'EMAIL' as const, 'EMAIL' as const),
  role: fc.constantFrom(...contactRoles),
  primary: fc.boolean(),
  addressee: fc.constantFrom('', 'N. N.'),
  contact: fc.constantFrom(...texts),
  bcc: fc.constant('SCHOOL_DEFAULT' as const),
  sms: fc.constant(false),
  scenarios: fc.constantFrom(0, 1, 6),
});

const anyRows = fc
  .array(anyValues, { maxLength: 12 })
  .map((rows) => rows.map((said, index): DeclaredContact => ({ ...said, row: index + 2, notes: [] })));

const failedRow: RowResult = { row: 99, outcome: 'failed', notes: [{ code: 'type-invalid', value: '' }] };
const anyMode = fc.constantFrom(...contactImportModes);

type Step =
  | {
      readonly kind: 'import';
      readonly mode: ContactImportMode;
      readonly rows: DeclaredContact[];
      readonly failed: boolean;
    }
  | { readonly kind: 'leave-out' }
  | { readonly kind: 'add'; readonly said: DeclaredContact }
  | { readonly kind: 'change'; readonly nth: number; readonly said: Partial<DeclaredContact> }
  | { readonly kind: 'remove'; readonly nth: number }
  | { readonly kind: 'email'; readonly text: string }
  | { readonly kind: 'undo'; readonly nth: number };

const anyNth = fc.nat({ max: 20 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('import' as const),
      mode: anyMode,
      rows: anyRows,
      failed: fc.boolean(),
    }),
  },
  fc.constant({ kind: 'leave-out' as const }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      said: anyRows.filter((rows) => rows.length > 0).map(([row]) => row!),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      nth: anyNth,
      said: fc.record(
        { contact: fc.constantFrom(...texts), primary: fc.boolean(), type: fc.constantFrom(...contactTypes) },
        { requiredKeys: [] },
      ),
    }),
  },
  fc.record({ kind: fc.constant('remove' as const), nth: anyNth }),
  fc.record({ kind: fc.constant('email' as const), text: fc.constantFrom('', ...texts) }),
  fc.record({ kind: fc.constant('undo' as const), nth: anyNth }),
);

/** A patron's contacts and every run that touched them, as the journal has them. */
class History {
  contacts: Contact[] = [];
  readonly runs: ContactRunChanges[] = [];
  #lastId = 0;

  /** What the step plans, undefined where it is refused or there is nothing to do it to. */
  plan(step: Step): ContactPlan | undefined {
    try {
      return this.#plan(step);
    } catch (error) {
      if (error instanceof MusterError) return undefined;
      throw error;
    }
  }

  apply(step: Step): void {
    const plan = this.plan(step);
    if (plan === undefined) return;
    const before = new Set(this.contacts.map(({ id }) => id));
    this.contacts = afterPlan(this.contacts, plan, this.#lastId);
    this.#lastId = Math.max(this.#lastId, ...this.contacts.map(({ id }) => id));
    this.runs.push({
      created: this.contacts.filter(({ id }) => !before.has(id)),
      updated: plan.updates,
      removed: plan.removes,
    });
  }

  #plan(step: Step): ContactPlan | undefined {
    const stored = this.contacts;
    if (step.kind === 'import') {
      const { mode, rows: declared, failed } = step;
      return replaceContacts({ mode, stored, declared, failedRows: failed ? [failedRow] : [] });
    }
    if (step.kind === 'leave-out') return removeImportedContacts(stored);
    if (step.kind === 'add') return addContact(stored, step.said);
    if (step.kind === 'email') return setPatronEmail(stored, step.text);
    if (step.kind === 'undo') {
      const run = this.runs[step.nth % Math.max(1, this.runs.length)];
      return run === undefined ? undefined : undoContacts(stored, run);
    }
    const contact = stored[step.nth % Math.max(1, stored.length)];
    if (contact === undefined) return undefined;
    return step.kind === 'remove'
      ? removeContact(stored, contact.id)
      : changeContact(stored, contact.id, step.said);
  }
}

function after(steps: readonly Step[]): History {
  const history = new History();
  for (const step of steps) history.apply(step);
  return history;
}

/** What went before; played inside each property, since a history changes as it goes on. */
const anyPast = fc.array(anyStep, { maxLength: 8 });

function isChangeless({ creates, updates, removes }: ContactPlan): boolean {
  return creates.length + updates.length + removes.length === 0;
}

/** What an import makes of the contacts, ids aside. */
function said(contacts: readonly Contact[]): string[] {
  return contacts.map(({ id: _, ...rest }) => JSON.stringify(rest)).toSorted();
}

fc.configureGlobal({ numRuns: 500 });
describe('whatever happens to a patron’s contacts, in whatever order', () => {
  test('I11 one e-mail is primary if there is any, and at most one of each other type', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 12 }), (steps) => {
        const history = new History();
        for (const step of steps) {
          history.apply(step);
          for (const type of contactTypes) {
            const ofType = history.contacts.filter((contact) => contact.type === type);
            const primaries = ofType.filter(({ primary }) => primary).length;
            const [least, most] = [type === 'EMAIL' && ofType.length > 0 ? 1 : 0, 1];
            expect([type, primaries >= least && primaries <= most]).toEqual([type, true]);
          }
        }
      }),
    );
  });

  test('I19 no contact stands twice, and an imported one was never changed by hand', () => {
    fc.assert(
      fc.property(anyPast, (past) => {
        const { contacts } = after(past);
        expect(new Set(contacts.map(contactIdentity)).size).toBe(contacts.length);
        expect(
          contacts.filter(({ origin, importedAs }) => origin === 'imported' && importedAs !== null),
        ).toEqual([]);
      }),
    );
  });
});

describe('imports', () => {
  test('I12 keeping custom contacts loses or changes none, but for the primary mark', () => {
    const keeping = fc.constantFrom(
      'replaceDeclaredPatronsKeepCustomContacts',
      'addOrUpdate',
      'replaceAllPatrons',
    );
    fc.assert(
      fc.property(anyPast, keeping, anyRows, fc.boolean(), (past, mode, rows, failed) => {
        const history = after(past);
        const before = history.contacts.filter(({ origin }) => origin === 'custom');
        history.apply({ kind: 'import', mode, rows, failed });
        for (const contact of before) {
          const now = history.contacts.find(({ id }) => id === contact.id);
          expect(now).toEqual({ ...contact, primary: now?.primary });
          // I12: a custom primary stays primary.
          expect(now?.primary || !contact.primary).toBe(true);
        }
      }),
    );
  });

  test('S9 the same file once more changes nothing', () => {
    fc.assert(
      fc.property(anyPast, anyMode, anyRows, fc.boolean(), (past, mode, rows, failed) => {
        const history = after(past);
        const step: Step = { kind: 'import', mode, rows, failed };
        history.apply(step);
        const again = history.plan(step)!;
        expect(isChangeless(again)).toBe(true);
        expect(again.rows.filter(({ outcome }) => outcome === 'created' || outcome === 'updated')).toEqual(
          [],
        );
      }),
    );
  });

  test('I10, S5 a failed row causes no removal, and no stored contact loses its value', () => {
    fc.assert(
      fc.property(anyPast, anyMode, anyRows, (past, mode, rows) => {
        const history = after(past);
        const before = history.contacts;
        history.apply({ kind: 'import', mode, rows, failed: true });
        const identities = new Set(history.contacts.map(contactIdentity));
        expect(before.map(contactIdentity).filter((identity) => !identities.has(identity))).toEqual([]);
      }),
    );
  });

  test('I12 replaceDeclaredPatrons leaves exactly what the file declares, whatever stood before', () => {
    fc.assert(
      fc.property(
        anyPast,
        anyRows.filter((rows) => rows.length > 0),
        (past, rows) => {
          const history = after(past);
          const step: Step = { kind: 'import', mode: 'replaceDeclaredPatrons', rows, failed: false };
          history.apply(step);
          expect(said(history.contacts)).toEqual(said(after([step]).contacts));
        },
      ),
    );
  });

  test('the order of rows decides on nothing but twins and which is primary', () => {
    const distinct = fc
      .uniqueArray(anyValues, { maxLength: 8, selector: contactIdentity })
      .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));
    fc.assert(
      fc.property(anyPast, anyMode, distinct, fc.boolean(), (past, mode, [one, other], failed) => {
        const stored = after(past).contacts;
        const failedRows = failed ? [failedRow] : [];
        const [first, second] = [one, other].map((rows) => {
          const declared = rows.map((values, index) => ({ ...values, row: index + 2, notes: [] }));
          const plan = replaceContacts({ mode, stored, declared, failedRows });
          return said(afterPlan(stored, plan).map((contact) => ({ ...contact, primary: false })));
        });
        expect(first).toEqual(second);
      }),
    );
  });

  test('every row has one verdict, and the counts add up to the contacts that stand', () => {
    fc.assert(
      fc.property(anyPast, anyMode, anyRows, fc.boolean(), (past, mode, rows, failed) => {
        const history = after(past);
        const plan = history.plan({ kind: 'import', mode, rows, failed })!;
        const numbers = [...rows.map(({ row }) => row), ...(failed ? [99] : [])];
        expect(plan.rows.map(({ row }) => row)).toEqual(numbers);
        const standing = history.contacts.length + plan.creates.length - plan.removes.length;
        expect(afterPlan(history.contacts, plan)).toHaveLength(standing);
        expect(plan.rows.filter(({ outcome }) => outcome === 'created').length).toBeGreaterThanOrEqual(
          plan.creates.length,
        );
      }),
    );
  });
});

describe('undo', () => {
  test('S9 right after a run puts back exactly what stood before', () => {
    fc.assert(
      fc.property(anyPast, anyStep, (past, step) => {
        const history = after(past);
        const before = history.contacts;
        const runs = history.runs.length;
        history.apply(step);
        if (history.runs.length === runs) return;
        const undo = undoContacts(history.contacts, history.runs.at(-1)!);
        expect(undo.kept).toEqual([]);
        expect(afterPlan(history.contacts, undo)).toEqual(before);
      }),
    );
  });

  const valueFields = ['type', 'role', 'contact', 'primary', 'addressee', 'scenarios'] as const;

  test('what a hand gave a contact after the run stays', () => {
    const edit = anyStep.filter(({ kind }) => kind === 'add' || kind === 'change');
    fc.assert(
      fc.property(anyPast, anyMode, anyRows, edit, (past, mode, rows, step) => {
        const history = after(past);
        history.apply({ kind: 'import', mode, rows, failed: false });
        const run = history.runs.at(-1)!;
        const plan = history.plan(step);
        if (plan === undefined) return;
        const untouched = history.contacts;
        history.apply(step);
        const byHand = history.contacts.filter(
          ({ id, origin }) =>
            origin === 'custom' && !untouched.some((one) => one.id === id && one.origin === 'custom'),
        );
        const standing = afterPlan(history.contacts, undoContacts(history.contacts, run), 1000);
        for (const contact of byHand) {
          const before = untouched.find(({ id }) => id === contact.id);
          const now = standing.find(({ id }) => id === contact.id);
          // A contact that is not primary may still be elected when the run's primary one goes.
          const given = valueFields.filter(
            (field) => before?.[field] !== contact[field] && (field !== 'primary' || contact.primary),
          );
          for (const field of given) {
            expect([field, now?.[field]]).toEqual([field, contact[field]]);
          }
        }
      }),
    );
  });
});
