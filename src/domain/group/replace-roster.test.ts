import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { todayAt } from '../../../test/support/today-at.ts';
import { gatherRoster } from './gather-roster.ts';
import type { MemberValues } from './group.ts';
import { memberRowParser, type MemberRow } from './parse-member-row.ts';
import { replaceRoster, type RosterPlan } from './replace-roster.ts';

const today = todayAt('2026-03-02', 1_000_000);
const header = ['section-unique-identifier', 'member-unique-identifier', 'start-date', 'end-date'];

const member = (patronId: number, values: Partial<MemberValues> = {}): MemberValues => ({
  sectionId: 4,
  patronId,
  startDate: null,
  endDate: null,
  inactiveSince: null,
  ...values,
});

/** Patrons have the Person-IDs P1 to P99. */
const patronIdOf = (text: string) => {
  const number = /^P(\d{1,2})$/.exec(text)?.[1];
  return number === undefined ? undefined : Number(number);
};

/** The row with the patron that it names. */
const lookedUp = (row: MemberRow): MemberRow => ({ ...row, patronId: patronIdOf(row.member) ?? 0 });

/** Plans a section's rows given as lines of cells after the section, the first one row 2. */
function plan(
  lines: readonly string[],
  stored: readonly MemberValues[],
  { columns = header, everyRow = true }: { columns?: readonly string[]; everyRow?: boolean } = {},
): RosterPlan {
  const parse = memberRowParser(new Map(columns.map((name, place) => [name, place])), columns);
  const rows = lines.map((line, index) => lookedUp(parse(['S1', ...line.split(',')], index + 2)));
  return replaceRoster({ ...gatherRoster(rows), sectionId: 4, stored, everyRow }, today);
}

/** What the section's members are after a plan. */
function after(result: RosterPlan, stored: readonly MemberValues[]): Map<number, MemberValues> {
  const members = new Map(stored.map((one) => [one.patronId, one]));
  for (const { after: one } of [...result.updates, ...result.inactivates]) members.set(one.patronId, one);
  for (const one of result.creates) members.set(one.patronId, one);
  return members;
}

describe('W11', () => {
  test('W11 members of the file are added, updated and unchanged', () => {
    const result = plan(['P1,9/1/2026,', 'P2,,6/30/2027', 'P3,,'], [member(2), member(3)]);
    expect(result.creates).toEqual([member(1, { startDate: '2026-09-01' })]);
    expect(result.updates).toEqual([{ before: member(2), after: member(2, { endDate: '2027-06-30' }) }]);
    expect(result.inactivates).toEqual([]);
    expect(result.unchanged).toBe(1);
    expect(result.rows.map(({ outcome }) => outcome)).toEqual(['created', 'updated', 'unchanged']);
  });

  test('W11 a member left out becomes inactive, kept, with its own flag and time', () => {
    const left = member(5, { startDate: '2026-01-01', endDate: '2026-12-31' });
    const result = plan(['P1,,'], [member(1), left]);
    expect(result.inactivates).toEqual([{ before: left, after: { ...left, inactiveSince: today.at } }]);
    expect(result.unchanged).toBe(1);
  });

  test('W11 one left out before keeps its time', () => {
    const gone = member(5, { inactiveSince: 77 });
    expect(plan(['P1,,'], [member(1), gone])).toMatchObject({ inactivates: [], updates: [] });
  });

  test('W11 one whose end has come takes the flag too, and nobody is inactivated by that', () => {
    const ended = member(5, { endDate: '2026-03-01' });
    const result = plan(['P1,,'], [member(1), ended]);
    expect(result.inactivates).toEqual([]);
    expect(result.updates).toEqual([{ before: ended, after: { ...ended, inactiveSince: today.at } }]);
  });

  test('W11 a member in the file again is active again, with the dates of its row', () => {
    const gone = member(5, { startDate: '2025-09-01', endDate: '2026-01-31', inactiveSince: 77 });
    expect(plan(['P5,3/1/2026,'], [gone]).updates).toEqual([
      { before: gone, after: member(5, { startDate: '2026-03-01' }) },
    ]);
  });

  test('W6 without date columns the dates stay, also of one that comes back', () => {
    const gone = member(5, { startDate: '2025-09-01', inactiveSince: 77 });
    const columns = header.slice(0, 2);
    expect(plan(['P5'], [gone], { columns }).updates).toEqual([
      { before: gone, after: member(5, { startDate: '2025-09-01' }) },
    ]);
  });

  test('W11 of the same pair twice the later row wins, and all of them say so', () => {
    const result = plan(['P1,9/1/2026,', 'P2,,', 'P1,10/1/2026,', 'P1,11/1/2026,'], []);
    expect(result.creates.map(({ patronId, startDate }) => [patronId, startDate])).toEqual([
      [2, null],
      [1, '2026-11-01'],
    ]);
    const twin = (suggestion: string) => [{ code: 'member-repeated', value: 'P1', suggestion }];
    expect(result.rows).toEqual([
      { row: 2, outcome: 'created', notes: twin('5'), patronId: 1 },
      { row: 3, outcome: 'created', notes: [], patronId: 2 },
      { row: 4, outcome: 'created', notes: twin('5'), patronId: 1 },
      { row: 5, outcome: 'created', notes: twin('4'), patronId: 1 },
    ]);
  });

  test('W5 an end on or before the start is taken over with a warning', () => {
    const result = plan(['P1,9/1/2026,9/1/2026'], [], { everyRow: false });
    expect(result.creates).toHaveLength(1);
    expect(result.rows).toEqual([
      {
        row: 2,
        outcome: 'created',
        notes: [{ code: 'end-not-after-start', column: 'end-date', value: '2026-09-01' }],
        patronId: 1,
      },
    ]);
  });
});

describe('W12', () => {
  const stored = [member(1), member(2), member(3)];

  test('W12 a failed row is no omission of the pair it names, the others are judged', () => {
    const result = plan(['P1,,', 'P2,13/01/2026,'], stored);
    expect(result.inactivates.map(({ before }) => before.patronId)).toEqual([3]);
    expect(result.rows[1]).toEqual({
      row: 3,
      outcome: 'failed',
      notes: [{ code: 'date-invalid', column: 'start-date', value: '13/01/2026' }],
      patronId: 2,
    });
  });

  test('W12, W13 an unknown member fails its row, and omission is judged as usual', () => {
    const result = plan(['P1,,', 'nobody,,'], stored);
    expect(result.inactivates.map(({ before }) => before.patronId)).toEqual([2, 3]);
    expect(result.rows[1]).toMatchObject({ outcome: 'failed', notes: [{ code: 'member-unknown' }] });
  });

  test('W12 a blank member may be anybody: nobody is inactivated, and the row says so', () => {
    const result = plan(['P1,,', ' ,,', 'P9,,'], stored);
    expect(result.inactivates).toEqual([]);
    expect(result.creates.map(({ patronId }) => patronId)).toEqual([9]);
    expect(result.rows[1]).toEqual({
      row: 3,
      outcome: 'failed',
      notes: [{ code: 'cell-blank', column: 'member-unique-identifier' }, { code: 'nobody-inactivated' }],
      patronId: null,
    });
  });

  test('W12 a section none of whose rows is good is untouched, and its first row says so', () => {
    const result = plan(['nobody,,', 'P2,soon,'], stored);
    expect(result).toMatchObject({ creates: [], updates: [], inactivates: [], unchanged: 0 });
    expect(result.rows.map(({ notes }) => notes.map(({ code }) => code))).toEqual([
      ['member-unknown', 'section-untouched'],
      ['date-invalid'],
    ]);
  });

  test('W12, S5 a row that cannot be read leaves everybody where they are', () => {
    const unreadable = { row: 3, outcome: 'failed', notes: [{ code: 'row-too-long' }] } as const;
    const parse = memberRowParser(new Map(header.map((name, place) => [name, place])), header);
    const gathered = gatherRoster([lookedUp(parse(['S1', 'P1', '', ''], 2))], [unreadable]);
    const result = replaceRoster({ ...gathered, sectionId: 4, stored, everyRow: true }, today);
    expect(result.inactivates).toEqual([]);
    expect(result.rows).toEqual([
      { row: 2, outcome: 'unchanged', notes: [], patronId: 1 },
      { ...unreadable, patronId: null },
    ]);
  });
});

test('rows of which there is nothing to say are told only where every row is', () => {
  expect(plan(['P1,,', 'P2,,'], [member(2)], { everyRow: false }).rows).toEqual([]);
});

test('W11, W12 over any roster and file: the file’s members are active, failed pairs stay, all others are inactive', () => {
  const line = fc.record({
    patron: fc.constantFrom('P1', 'P2', 'P3', 'P4', 'P5', 'who', ''),
    start: fc.constantFrom('', '1/1/2026', '13/1/2026'),
  });
  const standing = fc.uniqueArray(
    fc.record({ patronId: fc.integer({ min: 1, max: 5 }), gone: fc.boolean(), late: fc.boolean() }),
    { selector: ({ patronId }) => patronId },
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), standing, (lines, before) => {
      const stored = before.map(({ patronId, gone, late }) =>
        member(patronId, { inactiveSince: gone ? 5 : null, startDate: late ? '2026-09-01' : null }),
      );
      const result = plan(
        lines.map(({ patron, start }) => `${patron},${start},`),
        stored,
      );
      const then = after(result, stored);
      const isGood = ({ patron, start }: (typeof lines)[number]) =>
        patronIdOf(patron) !== undefined && start !== '13/1/2026';
      const good = lines.filter(isGood);
      const blank = lines.some(({ patron }) => patron === '');
      const expected = (patronId: number) => {
        const was = stored.find((one) => one.patronId === patronId);
        const row = good.findLast(({ patron }) => patron === `P${patronId}`);
        if (row) return member(patronId, { startDate: row.start === '' ? null : '2026-01-01' });
        const failedPair = lines.some(({ patron }) => patron === `P${patronId}`);
        const stays = good.length === 0 || blank || failedPair || was!.inactiveSince !== null;
        return stays ? was : { ...was, inactiveSince: today.at };
      };
      for (const [patronId, one] of then) expect(one).toEqual(expected(patronId));
      for (const { patron } of good) expect(then.has(patronIdOf(patron)!)).toBe(true);
      expect(result.rows.map(({ row }) => row)).toEqual(lines.map((_, index) => index + 2));
    }),
  );
});
