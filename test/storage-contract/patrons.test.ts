import { describe, expect, test } from 'vitest';
import { engines } from '../support/engines.ts';
import { insertPatrons, newPatron, storedPatron, upTo } from '../support/records.ts';

const bulkSizes = [0, 1, 24, 25, 26, 1000];

describe.each(engines)('patrons on $name', ({ open }) => {
  test('a patron is given back as it was stored', async () => {
    await using opened = await open();
    const patron = newPatron(1, {
      username: 'Łukasz.Ż',
      barcode: '0012',
      externalid: 'A-7',
      firstname: 'Łukasz',
      surname: "O'Żak 😀",
      classgrade: '7 B',
      room: '',
      role: 'TEACHER',
      status: 'INACTIVE',
    });
    const by = { createdRun: 12, createdAt: 1_770_000_000_123 };
    await insertPatrons(opened.main, [patron], by);
    const { patrons } = opened.main.read;
    const stored = storedPatron(patron, by);
    expect(await patrons.findById(1)).toEqual(stored);
    expect(await patrons.findByIds([2, 1])).toEqual([stored]);
    expect(await patrons.listAfter(0, 10)).toEqual([stored]);
    expect(await patrons.findById(2)).toBeUndefined();
  });

  test('a tenant sees and changes nothing of another', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [newPatron(1, { barcode: '7', surname: 'Main' })]);
    await insertPatrons(opened.other, [newPatron(1, { barcode: '7', surname: 'Other' })]);
    await opened.other.transact((tx) =>
      tx.patrons.update([newPatron(1, { barcode: '8', surname: 'Changed' })], 5),
    );
    expect((await opened.main.read.patrons.findByKey('barcode', '7'))?.surname).toBe('Main');
    expect(await opened.main.read.patrons.findByKey('barcode', '8')).toBeUndefined();
    await opened.other.transact((tx) => tx.patrons.remove([1]));
    expect(await opened.main.read.patrons.count()).toBe(1);
    expect((await opened.main.read.patrons.search({ q: 'main', page: 1, pageSize: 9 })).total).toBe(1);
    expect((await opened.main.read.patrons.search({ q: 'chang', page: 1, pageSize: 9 })).total).toBe(0);
  });

  test('S4 whoever has a text as a key of any kind, usernames first, then barcodes, then externalids', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [
      newPatron(1, { username: 'a', externalid: '7' }),
      newPatron(2, { username: 'b', barcode: '7' }),
      newPatron(3, { username: '7', externalid: 'c' }),
      newPatron(4, { username: '8', barcode: '8' }),
    ]);
    const ids = async (text: string) =>
      (await opened.main.read.patrons.listByAnyKey(text)).map(({ id }) => id);
    expect(await ids('7')).toEqual([3, 2, 1]);
    expect(await ids('8')).toEqual([4, 4]);
    expect(await ids('9')).toEqual([]);
  });

  test('S4 keys compare folded: trimmed, NFC, without regard to case; blank ones find nobody', async () => {
    await using opened = await open();
    await insertPatrons(opened.main, [
      newPatron(1, { username: 'Jose\u0301', externalid: 'ÄB' }),
      newPatron(2, { username: 'x' }),
    ]);
    const { patrons } = opened.main.read;
    expect((await patrons.findByKey('username', ' JOSÉ '))?.id).toBe(1);
    expect((await patrons.findByKey('externalid', 'äb'))?.id).toBe(1);
    expect(await patrons.findByKey('barcode', '')).toBeUndefined();
    expect(await patrons.findByKey('barcode', '  ')).toBeUndefined();
    expect(await patrons.listByAnyKey(' ')).toEqual([]);
    expect((await patrons.listByAnyKey(' äb ')).map(({ id }) => id)).toEqual([1]);
    expect([...(await patrons.mapByKey('username', ['josé', 'x', 'nobody'])).keys()].sort()).toEqual([
      'josé',
      'x',
    ]);
    expect(await patrons.mapByKey('barcode', [''])).toEqual(new Map());
    expect(await patrons.mapIdsByKey('username', ['josé', 'nobody'])).toEqual(
      new Map([['josé', (await patrons.findByKey('username', 'josé'))!.id]]),
    );
  });

  test.each(['username', 'barcode', 'externalid'] as const)(
    'S4 two patrons cannot have one %s, however spelled; any number may have none',
    async (field) => {
      await using opened = await open();
      await insertPatrons(opened.main, [newPatron(1, { [field]: 'Ab' })]);
      const twin = newPatron(2, { [field]: ' aB' });
      await expect(insertPatrons(opened.main, [twin])).rejects.toThrow(/unique|duplicate/i);
      expect(await opened.main.read.patrons.count()).toBe(1);
      const blank = { username: '', barcode: '', externalid: '' };
      await insertPatrons(opened.main, [newPatron(2, blank), newPatron(3, blank)]);
      expect(await opened.main.read.patrons.count()).toBe(3);
    },
  );

  test.each(bulkSizes)('%i patrons at once are stored, found, changed and removed', async (count) => {
    await using opened = await open();
    const patrons = upTo(count).map((id) => newPatron(id, { barcode: `B${id}`, room: `r${id}` }));
    await insertPatrons(opened.main, patrons);
    const { read } = opened.main;
    expect(await read.patrons.findByIds(upTo(count))).toEqual(patrons.map((patron) => storedPatron(patron)));
    const keys = patrons.map(({ barcode }) => barcode.toLowerCase());
    expect((await read.patrons.mapByKey('barcode', keys)).size).toBe(count);
    const usernames = patrons.map(({ username }) => username);
    expect((await read.contacts.mapByUsername(usernames)).size).toBe(count);

    const changed = patrons.map((patron) => ({ ...patron, room: 'aula' }));
    await opened.main.transact((tx) => tx.patrons.update(changed, 77));
    expect(await read.patrons.listAfter(0, count + 1)).toEqual(
      changed.map((patron) => ({ ...storedPatron(patron), updatedAt: 77 })),
    );
    await opened.main.transact((tx) => tx.patrons.remove(upTo(count)));
    expect(await read.patrons.count()).toBe(0);
    expect(await read.patrons.search({ q: 'aula', page: 1, pageSize: 5 })).toEqual({ items: [], total: 0 });
  });

  test('S4 keys may pass between patrons of one update, in a ring too', async () => {
    await using opened = await open();
    const keyed = (id: number, key: string) => newPatron(id, { barcode: key, externalid: `e${key}` });
    await insertPatrons(opened.main, [keyed(1, 'a'), keyed(2, 'b'), keyed(3, 'c')]);
    await opened.main.transact((tx) => tx.patrons.update([keyed(1, 'b'), keyed(2, 'c'), keyed(3, 'a')], 1));
    const owners = await opened.main.read.patrons.mapByKey('barcode', ['a', 'b', 'c']);
    expect(Object.fromEntries([...owners].map(([key, { id }]) => [key, id]))).toEqual({ a: 3, b: 1, c: 2 });
  });

  test('S4 usernames are listed folded, of those who have one, however they are spelled', async () => {
    await using opened = await open();
    const spelled = ['Zoë', '', 'Ärger', 'b B', 'ZOE', '李雷', 'a'];
    const everybody = spelled.map((username, index) => newPatron(index + 1, { username }));
    await insertPatrons(opened.main, everybody);
    await insertPatrons(opened.other, [newPatron(1, { username: 'foreign' })]);
    // Far behind the others, and with what a list has to escape.
    await insertPatrons(opened.main, [newPatron(70_000, { username: 'q",\\\u001f[1' })]);
    const walked: [number, string][] = [];
    await opened.main.read.patrons.walkUsernames((id, usernameKey) => walked.push([id, usernameKey]));
    expect(walked).toEqual([
      [1, 'zoë'],
      [3, 'ärger'],
      [4, 'b b'],
      [5, 'zoe'],
      [6, '李雷'],
      [7, 'a'],
      [70_000, 'q",\\\u001f[1'],
    ]);
  });

  test('where there is nobody no username is told of', async () => {
    await using opened = await open();
    await opened.main.read.patrons.walkUsernames(() => expect.unreachable());
    await insertPatrons(opened.main, [newPatron(1, { username: '' })]);
    await opened.main.read.patrons.walkUsernames(() => expect.unreachable());
  });

  test('everybody is walked in id order, in pieces, and counted by status', async () => {
    await using opened = await open();
    await insertPatrons(
      opened.main,
      upTo(7).map((id) => newPatron(id, { status: id % 2 === 0 ? 'INACTIVE' : 'ACTIVE' })),
    );
    const { patrons } = opened.main.read;
    const ids = async (after: number) => (await patrons.listAfter(after, 3)).map(({ id }) => id);
    expect([await ids(0), await ids(3), await ids(6), await ids(7)]).toEqual([[1, 2, 3], [4, 5, 6], [7], []]);
    expect([await patrons.count(), await patrons.count('ACTIVE'), await patrons.count('INACTIVE')]).toEqual([
      7, 4, 3,
    ]);
  });
});
