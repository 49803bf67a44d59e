import { describe, expect, test } from 'vitest';
import { engines, type OpenedStorage } from '../support/engines.ts';
import { fsiPatrons, type PatronAnswer } from '../support/fsi-patrons.ts';
import { insertContacts, insertPatrons, newContact, newPatron, upTo } from '../support/records.ts';

async function withCast({ main, other }: OpenedStorage) {
  await insertPatrons(main, [
    newPatron(1, { username: 'lzak', firstname: 'Łukasz', surname: 'Żak', classgrade: '7B', barcode: '100' }),
    newPatron(2, {
      username: 'mmuller',
      firstname: 'Max',
      surname: 'Müller',
      room: 'R 12',
      externalid: 'X-9',
    }),
    newPatron(3, {
      username: 'anna',
      firstname: 'Anna',
      surname: "O'Neil",
      role: 'TEACHER',
      barcode: '1001',
    }),
    newPatron(4, { username: 'lib', firstname: 'Lee', surname: 'Staffan', role: 'LIBRARIAN' }),
    newPatron(5, { username: 'quote"d', firstname: '50% off', surname: 'under_score', role: 'PARENT' }),
    newPatron(6, { username: 'm2', firstname: 'max', surname: 'MÜLLER', classgrade: 'Anna' }),
  ]);
  await insertContacts(main, [
    newContact(1, 1, { contact: 'lukasz@school.example', primary: true }),
    newContact(2, 1, { contact: 'second@school.example' }),
    newContact(3, 2, { contact: 'both@school.example', primary: true }),
    newContact(4, 3, { contact: 'both@school.example', primary: true }),
    newContact(5, 4, { contact: 'guardian@home.example', role: 'GUARDIAN', primary: true }),
  ]);
  await insertPatrons(other, [newPatron(1, { username: 'foreign', barcode: '999' })]);
  return fsiPatrons(main);
}

const names = ({ item }: PatronAnswer) => item.map(({ username }) => username);

describe.each(engines)('getpatron on $name', ({ open }) => {
  test('F12 each key is compared whole, after trimming and without regard to case', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const found: readonly [string, unknown, string][] = [
      ['barcode', ' 100 ', 'lzak'],
      ['barcode', 100, 'lzak'],
      ['USERNAME', 'ANNA', 'anna'],
      ['externalid', 'x-9', 'mmuller'],
      ['email', 'LUKASZ@school.example', 'lzak'],
      ['fullname', '  łukasz   ŻAK ', 'lzak'],
      ['fullname', "Anna O'Neil", 'anna'],
    ];
    for (const [field, value, username] of found) {
      const answer = await fsi.get(field, value);
      expect(answer, `${field} ${String(value)}`).toMatchObject({ result: true, msg: '' });
      expect(names(answer)).toEqual([username]);
    }
    const nobody: readonly [string, unknown][] = [
      ['barcode', '10'],
      ['barcode', ''],
      ['barcode', undefined],
      ['username', 'ann'],
      ['username', '%'],
      ['email', 'second@school.example'],
      ['email', 'guardian@home.example'],
      ['email', ' '],
      ['fullname', 'Lukasz Zak'],
      ['fullname', 'Anna'],
      ['fullname', ''],
      ['barcode', '999'],
    ];
    for (const [field, value] of nobody) {
      expect(await fsi.get(field, value), `${field} ${String(value)}`).toEqual({
        result: false,
        msg: 'Patron not found.',
        item: [],
      });
    }
  });

  test('F12 a value that several patrons have is no answer, nor is a field that is none of the five', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    for (const [field, value] of [
      ['email', 'both@school.example'],
      ['fullname', 'Max Müller'],
    ]) {
      const answer = await fsi.get(field, value);
      expect(answer).toMatchObject({ result: false, item: [] });
      expect(answer.msg).toMatch(/more than one/);
    }
    for (const field of [undefined, '', 'room', 'id', 5, {}]) {
      expect(await fsi.get(field, 'anna')).toMatchObject({ result: false, item: [] });
    }
  });

  test('F12 an e-mail is followed as it changes', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    await fsi.set({ keyfield: 'username', username: 'anna', email: 'Anna@school.example' });
    expect(names(await fsi.get('email', 'both@school.example'))).toEqual(['mmuller']);
    expect(names(await fsi.get('email', 'anna@SCHOOL.example'))).toEqual(['anna']);
    await fsi.set({ keyfield: 'username', username: 'lzak', email: '' });
    expect(names(await fsi.get('email', 'second@school.example'))).toEqual(['lzak']);
  });
});

describe.each(engines)('searchpatron on $name', ({ open }) => {
  test('F10 every word is contained somewhere, folded; blank is everybody', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const everybody = ['lzak', 'mmuller', 'anna', 'lib', 'quote"d', 'm2'];
    const found: readonly [unknown, readonly string[]][] = [
      ['', everybody],
      ['  ', everybody],
      [undefined, everybody],
      [null, everybody],
      ['lukasz', ['lzak']],
      ['ŁUKASZ żak', ['lzak']],
      ['u\u0308ller', ['mmuller', 'm2']],
      ['max x-9', ['mmuller']],
      ['school.example', ['lzak', 'mmuller', 'anna']],
      ['second@', ['lzak']],
      [100, ['lzak', 'anna']],
      ['7b', ['lzak']],
      ['teacher', ['anna']],
      ['z', ['lzak']],
      ['%', ['quote"d']],
      ['_', ['quote"d']],
      ['"', ['quote"d']],
      ["o'neil", ['anna']],
      ["' or 1=1 --", []],
      ['max zak', []],
      ['👩‍🎓', []],
      ['\u0301', []],
      ['x'.repeat(10_000), []],
      ['foreign', []],
    ];
    for (const [keyword, usernames] of found) {
      const answer = await fsi.search({ keyword });
      expect(names(answer), String(keyword).slice(0, 30)).toEqual(usernames);
      expect(answer).toMatchObject({
        result: true,
        msg: '',
        pagenumber: 1,
        pagecount: 50,
        total: usernames.length,
      });
    }
    const words = upTo(5_000).join(' ');
    for (const keyword of [words, true]) {
      expect(await fsi.search({ keyword })).toMatchObject({ result: false, item: [] });
    }
  });

  test('F9 records are texts that are never null, numbered from 1', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const { item } = await fsi.search({ keyword: 'lukasz' });
    expect(item).toEqual([
      {
        itemindex: 1,
        barcode: '100',
        username: 'lzak',
        externalid: '',
        firstname: 'Łukasz',
        surname: 'Żak',
        fullname: 'Łukasz Żak',
        email: 'lukasz@school.example',
        classgrade: '7B',
        room: '',
        role: 'STUDENT',
      },
    ]);
    const all = (await fsi.search()).item;
    expect(all.map(({ itemindex }) => itemindex)).toEqual(upTo(6));
    for (const { itemindex: _, ...texts } of all) {
      expect(Object.values(texts).every((text) => typeof text === 'string')).toBe(true);
    }
  });

  test('F10 nonsense about pages is as good as nothing, and a page past the end is empty', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const asked: readonly [unknown, unknown, number, number, number][] = [
      ['1', '50', 1, 50, 6],
      [1, 0, 1, 50, 6],
      [1, -1, 1, 50, 6],
      [1, 'abc', 1, 50, 6],
      [1, 1e9, 1, 500, 6],
      [1, 2.5, 1, 50, 6],
      ['x', [], 1, 50, 6],
      [0, '4', 1, 4, 4],
      ['2', '4', 2, 4, 2],
      [3, 4, 3, 4, 0],
      [1e9, 500, 1e9, 500, 0],
      [Number.MAX_SAFE_INTEGER, 500, Number.MAX_SAFE_INTEGER, 500, 0],
    ];
    for (const keyword of ['', 'm2 max', 'e']) {
      const whole = names(await fsi.search({ keyword }));
      for (const [pagenumber, pagecount, page, size] of asked) {
        const answer = await fsi.search({ keyword, pagenumber, pagecount });
        expect(answer).toMatchObject({
          result: true,
          pagenumber: page,
          pagecount: size,
          total: whole.length,
        });
        expect(names(answer)).toEqual(whole.slice((page - 1) * size, page * size));
      }
    }
  });

  test('F10 pages neither repeat nor skip anybody, however deep, while others come and go', async () => {
    await using storage = await open();
    const { main } = storage;
    await insertPatrons(
      main,
      upTo(6_000).map((id) => newPatron(id, { surname: id % 3 === 0 ? 'Other' : 'Common' })),
    );
    await main.transact((tx) => tx.patrons.remove(upTo(1_500).map((n) => n * 4)));
    const fsi = fsiPatrons(main);
    const standing = upTo(6_000).filter((id) => id % 4 !== 0);
    const common = standing.filter((id) => id % 3 !== 0);
    for (const [keyword, ids] of [
      ['', standing],
      ['common', common],
      ['common p', common],
    ] as const) {
      const seen: string[] = [];
      for (let pagenumber = 1; ; pagenumber++) {
        const answer = await fsi.search({ keyword, pagenumber, pagecount: 400 });
        if (answer.item.length === 0) break;
        seen.push(...names(answer));
        // More than was seen, for as long as more follow.
        const isLast = seen.length === ids.length;
        expect(isLast ? answer.total === seen.length : answer.total! > seen.length).toBe(true);
        if (pagenumber === 3) await fsi.set({ keyfield: 'username', username: 'p1', room: keyword });
      }
      expect(seen).toEqual(ids.map((id) => `p${id}`));
      // A place that nobody has asked for before.
      const middle = await fsi.search({ keyword, pagenumber: 7, pagecount: 371 });
      expect(names(middle)).toEqual(ids.slice(6 * 371, 7 * 371).map((id) => `p${id}`));
    }
    // One that was made or found anew counts at once.
    await fsi.set({ keyfield: 'username', username: 'late', surname: 'Late', allownew: true });
    expect((await fsi.search({ keyword: 'late' })).total).toBe(1);
    expect((await fsi.search()).total).toBe(standing.length + 1);
  });

  test('F10 any page of everybody is found by its place, where nobody is missing and where some are', async () => {
    await using storage = await open();
    const { main } = storage;
    const ids = upTo(4_200);
    await insertPatrons(
      main,
      ids.map((id) => newPatron(id)),
    );
    const fsi = fsiPatrons(main);
    const expectPages = async (standing: readonly number[]) => {
      for (const pagenumber of [11, 1, 6, 3, 9, 12]) {
        const page = standing.slice((pagenumber - 1) * 371, pagenumber * 371);
        const answer = await fsi.search({ pagenumber, pagecount: 371 });
        expect(names(answer)).toEqual(page.map((id) => `p${id}`));
        expect(answer.total).toBe(standing.length);
      }
    };
    await expectPages(ids);
    const gone = [1_024, 2_500, 2_501];
    await main.transact((tx) => tx.patrons.remove(gone));
    // What is journalled tells that something has changed; the line above is not.
    await fsi.set({ keyfield: 'username', username: 'p1', room: 'R1' });
    await expectPages(ids.filter((id) => !gone.includes(id)));
  });

  test('F10 those of a common name are counted and gone through with whoever else contains its words', async () => {
    await using storage = await open();
    const { main } = storage;
    const vera = { firstname: 'Vera', surname: 'Stoné' };
    const elsewhere = { classgrade: 'Stone 1', room: 'of Vera' };
    await insertPatrons(
      main,
      upTo(1_003).map((id) =>
        newPatron(id, id % 500 === 0 ? elsewhere : id === 7 ? { surname: 'Vera' } : vera),
      ),
    );
    const fsi = fsiPatrons(main);
    const expected = upTo(1_003).filter((id) => id !== 7);
    const expectAll = async (ids: readonly number[], totals: readonly number[]) => {
      const pages: PatronAnswer[] = [];
      for (const pagenumber of [1, 2, 3])
        pages.push(await fsi.search({ keyword: 'vera stone', pagenumber, pagecount: 500 }));
      expect(pages.flatMap(names)).toEqual(ids.map((id) => `p${id}`));
      expect(pages.map(({ total }) => total)).toEqual(totals);
    };
    // A thousand of the name and two others.
    await expectAll(expected, [1_001, 1_001, 1_002]);
    // One of them more is known by the name alone.
    await insertPatrons(main, [newPatron(1_004, vera)]);
    await expectAll([...expected, 1_004], [1_001, 1_001, 1_003]);
    // No more than are counted.
    for (const id of [1, 2, 500]) {
      await fsi.set({ keyfield: 'username', username: `p${id}`, classgrade: '', surname: 'Other' });
    }
    await expectAll(
      [...expected, 1_004].filter((id) => ![1, 2, 500].includes(id)),
      [1_000, 1_000, 1_000],
    );
  });

  const condition = (tokens: Record<string, unknown>) => ({
    tokens: Object.entries(tokens).map(([key, value]) => ({ key: `findform_${key}`, value })),
  });

  test('F11 conditions on fields are joined from left to right', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const usual = { condition: 'AND', method: 'CONTAIN', type: 'text' };
    const found: readonly [readonly Record<string, unknown>[], readonly string[]][] = [
      [[{ key: 'ALL', value: 'anna', ...usual }], ['anna', 'm2']],
      [[{ key: 'firstname', value: 'ANNA', ...usual }], ['anna']],
      [[{ key: 'classgrade', value: 'anna' }], ['m2']],
      [[{ key: 'fullname', value: 'lukasz zak' }], ['lzak']],
      [[{ key: 'surname', value: 'max' }], []],
      [[{ key: 'email', value: 'both@' }], ['mmuller', 'anna']],
      [[{ key: 'email', value: 'second@' }], []],
      [
        [
          { key: 'surname', value: 'muller' },
          { key: 'externalid', value: 'x', condition: 'AND' },
        ],
        ['mmuller'],
      ],
      [
        [
          { key: 'surname', value: 'muller' },
          { key: 'barcode', value: '100', condition: 'OR' },
        ],
        ['lzak', 'mmuller', 'anna', 'm2'],
      ],
      [
        [
          { key: 'surname', value: 'muller' },
          { key: 'barcode', value: '100', condition: 'OR' },
          { key: 'role', value: 'teacher', condition: 'AND' },
        ],
        ['anna'],
      ],
      [[{ key: 'role', value: 'Staff' }], ['anna', 'lib']],
      [[{ key: 'role', value: 'Administrator' }], ['lib']],
      [[{ key: 'ALL', value: 'staff' }], ['anna', 'lib']],
      [
        [
          { key: 'ALL', value: 'Administrator' },
          { key: 'surname', value: 'staff' },
        ],
        ['lib'],
      ],
      [[{ key: 'role', value: 'nothing' }], []],
      [[{ key: 'ALL', value: '' }], ['lzak', 'mmuller', 'anna', 'lib', 'quote"d', 'm2']],
    ];
    for (const [conditions, usernames] of found) {
      const list = conditions.map(condition);
      // As a form's numbered members may be taken apart, too.
      for (const keyword of [list, Object.fromEntries(list.entries())]) {
        const answer = await fsi.search({ keyword });
        expect(names(answer), JSON.stringify(conditions)).toEqual(usernames);
        expect(answer).toMatchObject({ result: true, total: usernames.length });
      }
    }
  });

  test.each([
    ['an unknown field', [condition({ key: 'status', value: 'x' })]],
    ['an unknown method', [condition({ key: 'ALL', value: 'x', method: 'EQUAL' })]],
    ['an unknown join', [condition({ key: 'ALL', value: 'x', condition: 'XOR' })]],
    ['no tokens', [{}]],
    ['a token that is no text', [condition({ key: 'ALL', value: {} })]],
    ['null for a condition', [null]],
    ['an object', { a: 1 }],
    ['too many conditions', upTo(21).map(() => condition({ key: 'ALL', value: 'x' }))],
  ])('F11 %s in a structured keyword is refused', async (_, keyword) => {
    await using storage = await open();
    const fsi = await withCast(storage);
    expect(await fsi.search({ keyword })).toMatchObject({ result: false, item: [] });
  });
});
