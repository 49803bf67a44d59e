import { describe, expect, test } from 'vitest';
import { todayAt } from '../../../test/support/today-at.ts';
import { describedRowParser, type DescribedRow } from './described-row.ts';
import { planDescribed } from './plan-described.ts';
import type { Described } from './group.ts';

const today = todayAt('2026-03-02', Date.UTC(2026, 2, 2, 12));
const base = { 'unique-identifier': 'G1', name: 'Film', organization: 'Film School' };

/** Reads one row whose cells are given by column; only those columns stand in the file. */
function read(cells: Record<string, string>): DescribedRow {
  const names = Object.keys(cells);
  const places = new Map(names.map((name, place) => [name.trim().toLowerCase(), place]));
  return describedRowParser(places, names, 'organization')(Object.values(cells), 7);
}

const stored: Described = {
  uniqueIdentifier: 'G1',
  name: 'Old name',
  description: 'Old words',
  note: 'Old note',
  startDate: '2026-01-01',
  endDate: '2026-12-31',
  inactiveSince: null,
  contactPatronId: 5,
  contactRole: 'Dean',
  telephone: '1',
  email: 'old@x.example',
  url: 'https://old.example',
  contactNote: 'Room 1',
};

const jane = { id: 9, status: 'ACTIVE' } as const;

function plan(cells: Record<string, string>, before: Described | undefined = stored, contact = jane) {
  const declared = read({ ...base, ...cells });
  if ('outcome' in declared) throw new Error(JSON.stringify(declared));
  return planDescribed(before, declared, contact, today);
}

describe('cells', () => {
  test('W6 a present column with a blank cell clears text, dates and contact', () => {
    const cleared = plan({
      description: '',
      note: ' ',
      'start-date': '',
      'end-date': '',
      'contact-unique-identifier': '',
      role: '',
      telephone: '',
      email: '',
      url: '',
      'contact-note': '',
    });
    expect(cleared.after).toEqual({
      uniqueIdentifier: 'G1',
      name: 'Film',
      description: '',
      note: '',
      startDate: null,
      endDate: null,
      inactiveSince: null,
      contactPatronId: null,
      contactRole: '',
      telephone: '',
      email: '',
      url: '',
      contactNote: '',
    });
  });

  test('W6 a missing column leaves its field alone; on a new group it is empty', () => {
    expect(plan({}).after).toEqual({ ...stored, name: 'Film' });
    const { after } = planDescribed(undefined, read(base) as never, undefined, today);
    expect(after).toMatchObject({ description: '', startDate: null, endDate: null, contactPatronId: null });
  });

  test('W9 the identifier stays as it is stored', () => {
    expect(plan({ 'unique-identifier': 'G2' }).after!.uniqueIdentifier).toBe('G1');
  });

  test('the required columns must not be blank, and all faults of a row are told at once', () => {
    expect(
      read({
        'Unique-Identifier': ' ',
        name: '',
        organization: '',
        'start-date': '2026-03-01',
        status: 'ACTVE',
      }),
    ).toEqual({
      row: 7,
      outcome: 'failed',
      notes: [
        { code: 'cell-blank', column: 'Unique-Identifier' },
        { code: 'cell-blank', column: 'name' },
        { code: 'cell-blank', column: 'organization' },
        { code: 'status-invalid', column: 'status', value: 'ACTVE', suggestion: 'ACTIVE' },
        { code: 'date-invalid', column: 'start-date', value: '2026-03-01' },
      ],
    });
  });

  test('W5 a date that is none fails with what was read', () => {
    expect(read({ ...base, 'end-date': ' 02/30/2026 ' })).toEqual({
      row: 7,
      outcome: 'failed',
      notes: [{ code: 'date-invalid', column: 'end-date', value: '02/30/2026' }],
    });
  });
});

describe('status', () => {
  const statusAfter = (cells: Record<string, string>, before: Described | undefined = stored) => {
    const planned = plan(cells, before);
    if (planned.faults) return planned.faults;
    return [today.statusOf(planned.after), planned.warnings];
  };
  const hidden = { ...stored, inactiveSince: 1 };

  test('W4 INACTIVE needs an end date that has been reached', () => {
    expect(statusAfter({ status: 'INACTIVE', 'end-date': '3/2/2026' })).toEqual(['INACTIVE', []]);
    expect(statusAfter({ status: 'inactive', 'end-date': '1/1/2020', 'start-date': '' })).toEqual([
      'INACTIVE',
      [],
    ]);
    expect(statusAfter({ status: 'INACTIVE', 'end-date': '3/3/2026' })).toEqual([
      { code: 'inactive-without-past-end', column: 'status', value: '2026-03-03' },
    ]);
    expect(statusAfter({ status: 'INACTIVE', 'end-date': '' })).toEqual([
      { code: 'inactive-without-past-end', column: 'status' },
    ]);
  });

  test('W4 where the file has no end dates, the stored one counts', () => {
    expect(statusAfter({ status: 'INACTIVE' }, { ...stored, endDate: '2026-02-01' })).toEqual([
      'INACTIVE',
      [],
    ]);
    expect(statusAfter({ status: 'INACTIVE' })).toMatchObject([{ code: 'inactive-without-past-end' }]);
  });

  test('W4 INACTIVE sets the flag once, ACTIVE clears it, blank leaves it', () => {
    const past = { 'start-date': '', 'end-date': '1/1/2020' };
    expect(plan({ status: 'INACTIVE', ...past }).after!.inactiveSince).toBe(today.at);
    expect(plan({ status: 'INACTIVE', ...past }, hidden).after!.inactiveSince).toBe(1);
    expect(plan({ status: 'ACTIVE' }, hidden).after!.inactiveSince).toBeNull();
    expect(plan({ status: '' }, hidden).after!.inactiveSince).toBe(1);
    expect(plan({}, hidden).after!.inactiveSince).toBe(1);
  });

  test('W4 ACTIVE with a past end date is taken over with a warning, and is inactive', () => {
    expect(statusAfter({ status: 'ACTIVE', 'end-date': '3/1/2026' }, hidden)).toEqual([
      'INACTIVE',
      [{ code: 'active-but-ended', column: 'end-date', value: '2026-03-01' }],
    ]);
    expect(statusAfter({ status: 'ACTIVE', 'end-date': '3/3/2026' }, hidden)).toEqual(['ACTIVE', []]);
    expect(statusAfter({ status: 'ACTIVE', 'start-date': '4/1/2026' }, hidden)).toEqual(['UPCOMING', []]);
  });

  test('W5 an end on or before the start is taken over with a warning: an upcoming group is inactive', () => {
    const warning = { code: 'end-not-after-start', column: 'end-date', value: '2026-09-01' };
    expect(statusAfter({ 'start-date': '9/1/2026', 'end-date': '9/1/2026' })).toEqual([
      'INACTIVE',
      [warning],
    ]);
    expect(statusAfter({ 'start-date': '10/1/2026', 'end-date': '9/1/2026' })).toEqual([
      'INACTIVE',
      [warning],
    ]);
  });
});

describe('contact person', () => {
  test('W13 it must exist and be active', () => {
    const named = { 'contact-unique-identifier': 'A-1' };
    const of = (contact: typeof jane | { id: number; status: 'INACTIVE' } | undefined) =>
      planDescribed(stored, read({ ...base, ...named }) as never, contact, today);
    expect(of(jane).after!.contactPatronId).toBe(9);
    const note = { column: 'contact-unique-identifier', value: 'A-1' };
    expect(of(undefined).faults).toEqual([{ code: 'contact-person-unknown', ...note }]);
    expect(of({ id: 9, status: 'INACTIVE' }).faults).toEqual([{ code: 'contact-person-inactive', ...note }]);
  });
});
