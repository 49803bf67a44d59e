import { describe, expect, test } from 'vitest';
import type { NewPatron, PatronSearch } from '../../src/ports/patrons.ts';
import type { TenantReader } from '../../src/ports/tenant-store.ts';
import { engines } from '../support/engines.ts';
import { byHand, insertContacts, insertPatrons, newContact, newPatron, upTo } from '../support/records.ts';
import { addContacts, updateContacts, removeContacts } from '../support/contact-lists.ts';

const cast: readonly NewPatron[] = [
  newPatron(1, { username: 'lzak', firstname: 'Łukasz', surname: 'Żak', classgrade: '7B', barcode: '100' }),
  newPatron(2, { username: 'mmuller', firstname: 'Max', surname: 'Müller', room: 'R 12', externalid: 'X-9' }),
  newPatron(3, { username: 'anna', firstname: 'Anna', surname: "O'Neil", role: 'TEACHER', barcode: '1001' }),
  newPatron(4, { username: 'yu', firstname: 'Юлия', surname: 'Ли', status: 'INACTIVE' }),
  newPatron(5, { username: 'quote"d', firstname: '50% off', surname: 'under_score' }),
];

async function ids({ patrons }: TenantReader, q: string, more: Partial<PatronSearch> = {}) {
  const found = await patrons.search({ q, page: 1, pageSize: 50, ...more });
  expect(found.total).toBe(found.items.length);
  return found.items.map(({ id }) => id).sort((a, b) => a - b);
}

describe.each(engines)('the search on $name', ({ open }) => {
  test.each([
    ['lukasz', [1]],
    ['ŁUKASZ', [1]],
    ['zak', [1]],
    ['ukas', [1]],
    ['muller', [2]],
    ['müll', [2]],
    ['yuliya', [4]],
    ['юлия', [4]],
    ['7b', [1]],
    ['r 12', [2]],
    ['x-9', [2]],
    ['teacher', [3]],
    ["o'neil", [3]],
    ['100', [1, 3]],
    // One and two letters.
    ['z', [1]],
    ['ük', [1]],
    ['ül', [2, 4]],
    ['er', [2, 3, 5]],
    // At the end of what is looked through, and of a line in it.
    ['rg', [2]],
    ['ak', [1]],
    ["o'", [3]],
    ['7b zak', [1]],
    ['er ma', [2]],
    ['qz', []],
    // Several words, across fields and the e-mail.
    ['max r', [2]],
    ['zak 7b lukasz', [1]],
    ['zak 7c', []],
    ['max example', [2]],
    ['muller max@exam', [2]],
    // Across the first name and the surname, and nowhere across two other fields.
    ['anna o', [3]],
    ['zak7b', []],
    ['7b\n', [1]],
    // Inert.
    ['"', [5]],
    ['e"d', [5]],
    ['%', [5]],
    ['50%', [5]],
    ['_', [5]],
    ['under_', [5]],
    ['%%%', []],
    ['a*', []],
    ['NEAR(a b)', []],
    ['anna OR max', []],
    ['text:anna', []],
    ["'; drop table patron; --", []],
    ['anna\u0000max', []],
    ['abc\u0000', []],
  ])('%j finds %j', async (q, found) => {
    await using opened = await open();
    await insertPatrons(opened.main, cast);
    await insertContacts(opened.main, [
      newContact(1, 2, { contact: 'Max@Example.org' }),
      newContact(2, 1, { contact: 'mum@example.org', role: 'GUARDIAN' }),
      newContact(3, 3, { contact: '0555', type: 'PHONE' }),
    ]);
    expect(await ids(opened.main.read, q)).toEqual(found);
  });

  test('blank finds everybody; something that folds to nothing finds nobody', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, cast);
    expect(await ids(opened.main.read, '')).toEqual([1, 2, 3, 4, 5]);
    expect(await ids(opened.main.read, '  \t')).toEqual([1, 2, 3, 4, 5]);
    expect(await ids(opened.main.read, '\u{10FFFD}')).toEqual([]);
  });

  test('role and status narrow it', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, cast);
    expect(await ids(opened.main.read, '', { role: 'TEACHER' })).toEqual([3]);
    expect(await ids(opened.main.read, '', { status: 'INACTIVE' })).toEqual([4]);
    expect(await ids(opened.main.read, 'anna', { role: 'STUDENT' })).toEqual([]);
  });

  test('removed and changed names and e-mails are no longer found', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, cast);
    const mail = newContact(1, 2, { contact: 'old@example.org' });
    await insertContacts(opened.main, [mail, newContact(2, 1, { contact: 'gone@example.org' })]);
    const { read } = opened.main;
    await opened.main.transact((tx) => updateContacts(tx, [{ ...mail, contact: 'new@example.org' }]));
    await opened.main.transact((tx) => removeContacts(tx, [{ patronId: 1, id: 2 }]));
    await opened.main.transact((tx) => tx.patrons.update([{ ...cast[2]!, firstname: 'Hanna' }], 1));
    expect(await ids(read, 'old@')).toEqual([]);
    expect(await ids(read, 'gone@')).toEqual([]);
    expect(await ids(read, 'new@')).toEqual([2]);
    expect(await ids(read, 'hanna')).toEqual([3]);

    // An address that is no longer the patron's own, and one that becomes so.
    await opened.main.transact((tx) =>
      updateContacts(tx, [{ ...mail, contact: 'new@example.org', role: 'GUARDIAN' }]),
    );
    expect(await ids(read, 'new@')).toEqual([]);
    await opened.main.transact((tx) => updateContacts(tx, [{ ...mail, contact: 'new@example.org' }]));
    expect(await ids(read, 'new@')).toEqual([2]);

    await opened.main.transact(async (tx) => {
      await removeContacts(tx, [{ patronId: 2, id: 1 }]);
      await tx.patrons.remove([2]);
    });
    expect(await ids(read, 'muller')).toEqual([]);
    expect(await ids(read, 'new@')).toEqual([]);
  });

  test('an id that is used again brings nothing of its former owner along', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [newPatron(1, { surname: 'Former' })]);
    await opened.main.transact(async (tx) => {
      await tx.patrons.remove([1]);
      await tx.patrons.insert([newPatron(1, { surname: 'Latter' })], byHand);
    });
    expect(await ids(opened.main.read, 'former')).toEqual([]);
    expect(await ids(opened.main.read, 'latter')).toEqual([1]);
  });

  test('a transaction finds what it has itself written, and others do not until it ends', async () => {
    await using opened = await open();
    await opened.main.transact(async (tx) => {
      await tx.patrons.insert([newPatron(1, { surname: 'Within' })], byHand);
      await addContacts(tx, [newContact(1, 1, { contact: 'within@example.org' })], byHand);
      expect(await ids(tx, 'within')).toEqual([1]);
      expect(await ids(tx, 'example.org')).toEqual([1]);
      expect(await ids(opened.main.read, 'within')).toEqual([]);
    });
    expect(await ids(opened.main.read, 'within')).toEqual([1]);
  });

  test.each([
    ['few enough to be counted and sorted', 300, 300],
    ['more than are counted', 1100, null],
    ['more than are looked up at a time', 2600, null],
  ])('paging gives each match once, the exact one first: %s', async (_, count, total) => {
    await using opened = await open();
    const patrons = upTo(count).map((id) =>
      newPatron(id, { username: id === count - 1 ? 'pupil' : `pupil${id}`, surname: `S${id % 7}` }),
    );
    await insertPatrons(opened.main, patrons.slice(0, 1500));
    await insertPatrons(opened.main, patrons.slice(1500));
    const seen: number[] = [];
    for (let page = 1; ; page++) {
      const found = await opened.main.read.patrons.search({ q: 'Pupil', page, pageSize: 90 });
      expect(found.total).toBe(total);
      if (found.items.length === 0) break;
      seen.push(...found.items.map(({ id }) => id));
    }
    expect(seen[0]).toBe(count - 1);
    expect(seen.toSorted((a, b) => a - b)).toEqual(upTo(count));
  });

  test('what is counted is sorted by surname, first name and id', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [
      newPatron(1, { surname: 'B', firstname: 'Same' }),
      newPatron(2, { surname: 'A', firstname: 'Zoe' }),
      newPatron(3, { surname: 'A', firstname: 'Amy' }),
      newPatron(4, { surname: 'B', firstname: 'Same' }),
    ]);
    const found = await opened.main.read.patrons.search({ q: 'student', page: 1, pageSize: 10 });
    expect(found.items.map(({ id }) => id)).toEqual([3, 2, 1, 4]);
  });

  test('exact matches by several keys share their pages with the rest', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [
      newPatron(1, { surname: 'x77y' }),
      newPatron(2, { username: '77' }),
      newPatron(3, { barcode: '77' }),
      newPatron(4, { externalid: '77' }),
    ]);
    const pages = [];
    for (const page of [1, 2, 3]) {
      const found = await opened.main.read.patrons.search({ q: '77', page, pageSize: 2 });
      pages.push(found.items.map(({ id }) => id));
    }
    expect(pages).toEqual([[2, 3], [4, 1], []]);
  });
});
