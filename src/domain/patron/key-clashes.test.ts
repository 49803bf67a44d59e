import { expect, test } from 'vitest';
import { patronKeys } from './identity.ts';
import type { PatronKeys } from './identity.ts';
import { findClashes, keyClaim } from './key-clashes.ts';
import type { KeyClaim, KeyOwnerOf } from './key-clashes.ts';

const keys = (username: string, barcode = '', externalid = ''): PatronKeys => ({
  username,
  barcode,
  externalid,
});

/** A directory of patrons numbered from 1. */
function directory(...stored: PatronKeys[]) {
  const ownerOf: KeyOwnerOf = (field, folded) => {
    const index = stored.findIndex((patron) => patronKeys(patron)[field] === folded);
    const found = stored[index];
    return found === undefined ? undefined : { ...found, id: index + 1 };
  };
  const change = (id: number, after: PatronKeys): KeyClaim => keyClaim(id, stored[id - 1], after);
  const create = (id: number, after: PatronKeys): KeyClaim => keyClaim(-id, undefined, after);
  const clashing = (...claims: KeyClaim[]) => [...findClashes(claims, ownerOf).keys()].sort((a, b) => a - b);
  return { ownerOf, change, create, clashing };
}

test('S4 a key of another patron clashes, and the note names the other patron’s key', () => {
  const { ownerOf, create } = directory(keys('jsmith', '100'), keys('', '200', 'x-2'));
  const claim = create(1, keys('new', '100', 'X-2'));
  expect(findClashes([claim], ownerOf)).toEqual(
    new Map([
      [
        -1,
        [
          { code: 'key-clash', column: 'barcode', value: '100', suggestion: 'username jsmith' },
          { code: 'key-clash', column: 'externalid', value: 'X-2', suggestion: 'barcode 200' },
        ],
      ],
    ]),
  );
});

test('S4 a clash is found without regard to case', () => {
  const { create, clashing } = directory(keys('jsmith'));
  expect(clashing(create(1, keys('JSMITH')))).toEqual([-1]);
});

test('S4 a patron’s own keys, also in another spelling, and blank keys do not clash', () => {
  const { change, create, clashing } = directory(keys('jsmith', '100'), keys('other'));
  expect(
    clashing(change(1, keys('JSmith', '100')), change(2, keys('other')), create(1, keys('new'))),
  ).toEqual([]);
});

test('S4 of two new patrons with the same key the first keeps it', () => {
  const { create, clashing } = directory();
  expect(clashing(create(1, keys('a', '7')), create(2, keys('b', '7')))).toEqual([-2]);
});

test('S4 who has a key already keeps it against an earlier row that wants it', () => {
  const { change, create, clashing } = directory(keys('a', '7'));
  expect(clashing(create(1, keys('b', '7')), change(1, keys('a', '7', 'x')))).toEqual([-1]);
});

test('S4 a key may move between patrons of one file, in either order and in a ring', () => {
  const { change, clashing } = directory(keys('a', '1'), keys('b', '2'));
  expect(clashing(change(1, keys('a', '9')), change(2, keys('b', '1')))).toEqual([]);
  expect(clashing(change(2, keys('b', '1')), change(1, keys('a', '9')))).toEqual([]);
  expect(clashing(change(1, keys('a', '2')), change(2, keys('b', '1')))).toEqual([]);
});

test('S4 a refused patron keeps its keys, so those who counted on them are refused too', () => {
  const { change, clashing } = directory(keys('a', '1'), keys('b', '2'), keys('c', '3'), keys('d', '4'));
  const chain = [
    change(1, keys('a', '2')),
    change(2, keys('b', '3')),
    change(3, keys('c', '4')), // d is not in the file and keeps 4
  ];
  expect(clashing(...chain)).toEqual([1, 2, 3]);
  expect(clashing(...chain.toReversed())).toEqual([1, 2, 3]);
});

test('S4 whoever takes two keys of a refused patron is told of both', () => {
  const { ownerOf, change, create } = directory(keys('a', '1', 'x'), keys('b', '2'));
  const clashes = findClashes([create(1, keys('n', '1', 'x')), change(1, keys('a', '2', 'y'))], ownerOf);
  expect(clashes.get(-1)?.map((note) => note.column)).toEqual(['barcode', 'externalid']);
});
