import { describe, expect, test } from 'vitest';
import { engines, type OpenedStorage } from '../support/engines.ts';
import { insertContacts, insertPatrons, newContact, newPatron, upTo } from '../support/records.ts';
import { fsiPatrons } from '../support/fsi-patrons.ts';

const nothing = {
  barcode: '',
  username: '',
  externalid: '',
  firstname: '',
  surname: '',
  fullname: '',
  email: '',
  classgrade: '',
  room: '',
  role: 'STUDENT',
};

async function withCast({ main }: OpenedStorage) {
  await insertPatrons(main, [
    newPatron(1, { username: 'anna', barcode: '100', firstname: 'Anna', surname: 'Zak', classgrade: '7A' }),
    newPatron(2, { username: 'ben', externalid: 'X2', firstname: 'Ben', surname: 'Lee', role: 'TEACHER' }),
    newPatron(3, { username: 'ben2', firstname: 'Ben', surname: 'Lee' }),
  ]);
  await insertContacts(main, [
    newContact(1, 1, { contact: 'anna@school.example', primary: true }),
    newContact(2, 2, { contact: 'guardian@home.example', role: 'GUARDIAN', primary: true }),
    newContact(3, 3, { contact: 'ben@hand.example', origin: 'custom', primary: true }),
  ]);
  return fsiPatrons(main);
}

describe.each(engines)('setpatron on $name', ({ open }) => {
  test('F13 the key’s value is the member that keyfield names', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const byBarcode = await fsi.set({ keyfield: 'barcode', barcode: ' 100 ', room: 'R1' });
    expect(byBarcode).toMatchObject({ result: true, item: [{ username: 'anna', room: 'R1', itemindex: 1 }] });
    const byEmail = await fsi.set({
      keyfield: 'email',
      email: 'ANNA@school.example',
      room: 'R2',
      itemindex: 4,
    });
    expect(byEmail).toMatchObject({ result: true, item: [{ username: 'anna', room: 'R2', itemindex: 4 }] });
    const byName = await fsi.set({ keyfield: 'fullname', firstname: 'anna', surname: ' ZAK', room: 'R3' });
    expect(byName).toMatchObject({
      result: true,
      item: [{ username: 'anna', room: 'R3', fullname: 'anna ZAK' }],
    });
    for (const keyfield of ['barcode', 'username', 'externalid', 'email', 'fullname']) {
      const missing = await fsi.set({ keyfield, allownew: true, room: 'R9' });
      expect(missing).toMatchObject({
        result: false,
        msg: expect.stringContaining('missing') as string,
        item: [],
      });
    }
    const several = await fsi.set({ keyfield: 'fullname', firstname: 'Ben', surname: 'Lee', allownew: true });
    expect(several).toMatchObject({ result: false, msg: expect.stringContaining('more than one') as string });
  });

  test('F14 absent and null stay, a blank text clears what a patron can do without', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const full = {
      barcode: '200',
      externalid: 'X9',
      firstname: 'Anna',
      surname: 'Zak',
      classgrade: '7A',
      room: 'R1',
      role: 'PARENT',
    };
    await fsi.set({ keyfield: 'username', username: 'anna', ...full });
    const kept = await fsi.set({ keyfield: 'username', username: 'anna', barcode: null, room: undefined });
    expect(kept.item[0]).toMatchObject({ ...full, email: 'anna@school.example' });
    const blank = Object.fromEntries(Object.keys(nothing).map((name) => [name, '']));
    const cleared = await fsi.set({ ...blank, keyfield: 'username', username: 'anna' });
    expect(cleared.item[0]).toMatchObject({
      barcode: '200',
      username: 'anna',
      externalid: '',
      firstname: 'Anna',
      surname: 'Zak',
      email: '',
      classgrade: '',
      room: '',
      role: 'PARENT',
    });
    expect(await storage.main.read.contacts.listByPatron(1)).toEqual([]);
  });

  test('F15 nobody is made unless that is allowed, and then the key’s value is enough', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    for (const allownew of [undefined, false, 0, '', '0', 'False', null]) {
      const refused = await fsi.set({ keyfield: 'barcode', barcode: '900', allownew });
      expect(refused).toEqual({ result: false, msg: 'Patron not found.', item: [] });
    }
    expect(await storage.main.read.patrons.count()).toBe(3);
    const keys = [
      { keyfield: 'barcode', barcode: '900' },
      { keyfield: 'username', username: 'new' },
      { keyfield: 'externalid', externalid: 'N1' },
      { keyfield: 'email', email: 'new@school.example' },
      { keyfield: 'fullname', firstname: 'New', surname: 'One', fullname: undefined },
    ];
    for (const { keyfield, ...key } of keys) {
      const made = await fsi.set({ keyfield, ...key, allownew: 'True', index: '2' });
      const fullname = keyfield === 'fullname' ? 'New One' : '';
      expect(made).toEqual({
        result: true,
        msg: '',
        item: [{ ...nothing, ...key, fullname, itemindex: 2 }],
      });
      const value = keyfield === 'fullname' ? 'new  ONE' : Object.values(key)[0];
      expect((await fsi.get(keyfield, value)).item).toEqual([{ ...made.item[0], itemindex: 1 }]);
    }
    const unknown = await fsi.set({ keyfield: 'barcode', barcode: '901', allownew: true, role: 'TEECHER' });
    expect(unknown).toMatchObject({ result: false, msg: expect.stringContaining('TEACHER?') as string });
  });

  test('S2 the e-mail is the patron’s contact; one set by hand is kept and the answer says so', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const changed = await fsi.set({ keyfield: 'username', username: 'anna', email: 'a.zak@school.example' });
    expect(changed.item[0]).toMatchObject({ email: 'a.zak@school.example' });
    const added = await fsi.set({ keyfield: 'username', username: 'ben', email: 'ben@school.example' });
    expect(added.item[0]).toMatchObject({ email: 'ben@school.example' });
    expect(await storage.main.read.contacts.listByPatron(2)).toMatchObject([
      { contact: 'guardian@home.example', primary: false },
      { contact: 'ben@school.example', primary: true, role: 'PATRON', origin: 'imported' },
    ]);
    const kept = await fsi.set({
      keyfield: 'username',
      username: 'ben2',
      email: 'other@school.example',
      room: 'R7',
    });
    expect(kept).toMatchObject({
      result: true,
      msg: expect.stringContaining('set by hand') as string,
      item: [{ email: 'ben@hand.example', room: 'R7' }],
    });
    const hopeless = await fsi.set({
      keyfield: 'username',
      username: 'anna',
      email: 'no address',
      room: 'R8',
    });
    expect(hopeless.result).toBe(false);
    expect((await fsi.get('username', 'anna')).item[0]).toMatchObject({
      room: '',
      email: 'a.zak@school.example',
    });
  });

  test('S4 another patron’s key is refused and the other one named', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    for (const more of [{ barcode: '100' }, { username: 'ANNA' }]) {
      const clash = await fsi.set({ keyfield: 'externalid', externalid: 'x2', ...more });
      expect(clash).toMatchObject({ result: false, msg: expect.stringContaining('username anna') as string });
    }
    expect((await fsi.get('externalid', 'X2')).item[0]).toMatchObject({ barcode: '', username: 'ben' });
  });

  test('F16 all four roles may be set, unless the tenant forbids librarians', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    for (const role of ['STUDENT', 'TEACHER', 'PARENT', 'LIBRARIAN']) {
      const set = await fsi.set({ keyfield: 'username', username: 'anna', role: role.toLowerCase() });
      expect(set).toMatchObject({ result: true, item: [{ role }] });
    }
    await storage.main.transact((tx) => tx.settings.save({ clientsMayMakeLibrarians: false }));
    const refused = await fsi.set({ keyfield: 'username', username: 'ben', role: 'LIBRARIAN' });
    expect(refused).toMatchObject({ result: false, msg: expect.stringContaining('LIBRARIAN') as string });
    const stays = await fsi.set({ keyfield: 'username', username: 'anna', role: 'LIBRARIAN', room: 'R1' });
    expect(stays).toMatchObject({ result: true, item: [{ role: 'LIBRARIAN', room: 'R1' }] });
  });

  test('F15 of a hundred creations of one key at once exactly one makes it', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const wishes = upTo(100).map((n) =>
      fsi.set({ keyfield: 'barcode', barcode: '500', allownew: true, room: `R${n}` }),
    );
    const answers = await Promise.all(wishes);
    expect(answers.filter(({ result }) => !result)).toEqual([]);
    const [run] = (await storage.main.read.runs.list({ page: 1, pageSize: 5 })).items;
    expect(run!.counts).toMatchObject({ created: 1, updated: 99 });
    expect(await storage.main.read.patrons.count()).toBe(4);
    expect((await fsi.get('barcode', '500')).item).toHaveLength(1);
  });

  test('one that is refused takes nobody with it who is written in the same transaction', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const answers = await Promise.all([
      fsi.set({ keyfield: 'username', username: 'anna', room: 'R1' }),
      fsi.set({ keyfield: 'username', username: 'ben', barcode: '100' }),
      fsi.set({ keyfield: 'username', username: 'nobody' }),
      fsi.set({ keyfield: 'username', username: 'ben', email: 'hopeless' }),
      fsi.set({ keyfield: 'username', username: 'ben2', barcode: '300' }),
    ]);
    expect(answers.map(({ result }) => result)).toEqual([true, false, false, false, true]);
    expect((await fsi.get('username', 'anna')).item[0]).toMatchObject({ room: 'R1' });
    expect((await fsi.get('barcode', '300')).item[0]).toMatchObject({ username: 'ben2' });
  });

  test('S9 keys that pass from one patron to another at once come out as if one had gone after the other', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const answers = await Promise.all([
      fsi.set({ keyfield: 'username', username: 'anna', barcode: '101' }),
      fsi.set({ keyfield: 'username', username: 'ben', barcode: '100' }),
      fsi.set({ keyfield: 'barcode', barcode: '100', room: 'R5' }),
    ]);
    expect(answers.map(({ result }) => result)).toEqual([true, true, true]);
    expect((await fsi.get('barcode', '100')).item[0]).toMatchObject({ username: 'ben', room: 'R5' });
    expect((await fsi.get('barcode', '101')).item[0]).toMatchObject({ username: 'anna', room: '' });
  });

  test.each([
    ['a list', { room: ['R1'] }],
    ['an object', { firstname: {} }],
    ['a boolean', { barcode: true }],
    ['too long a text', { surname: 'x'.repeat(1001) }],
    ['a NUL', { room: 'a\u0000b' }],
    ['half a sign', { room: '\ud800' }],
    ['no boolean', { allownew: 'perhaps' }],
    ['no key field', { keyfield: 'room' }],
    ['a key field of another type', { keyfield: 5 }],
  ])('F8 %s is refused by the name of its member', async (_, wrong) => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const [name] = Object.keys(wrong);
    const answer = await fsi.set({ keyfield: 'username', username: 'anna', ...wrong });
    expect(answer).toEqual({ result: false, msg: expect.stringContaining(name!) as string, item: [] });
  });

  test('F9 everything is a text, a number sent for one too', async () => {
    await using storage = await open();
    const fsi = await withCast(storage);
    const { item } = await fsi.set({
      keyfield: 'barcode',
      barcode: 4711,
      allownew: 1,
      room: 0,
      firstname: 'Łukasz',
      surname: '👩‍🎓',
    });
    expect(item).toEqual([
      {
        ...nothing,
        itemindex: 1,
        barcode: '4711',
        room: '0',
        firstname: 'Łukasz',
        surname: '👩‍🎓',
        fullname: 'Łukasz 👩‍🎓',
      },
    ]);
    expect((await fsi.get('fullname', 'łukasz 👩‍🎓')).item).toEqual(item);
  });
});
