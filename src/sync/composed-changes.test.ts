import { expect, test } from 'vitest';
import { asBefore, asLeft, composed } from './composed-changes.ts';

interface Letters {
  readonly a: string;
  readonly b: string;
}
const change = (before: Letters, after: Letters) => ({ before, after });

test('what a run changed twice goes from the first value to the last', () => {
  const first = composed(undefined, change({ a: '1', b: 'x' }, { a: '2', b: 'x' }));
  expect(composed(first, change({ a: '2', b: 'x' }, { a: '3', b: 'y' }))).toEqual(
    change({ a: '1', b: 'x' }, { a: '3', b: 'y' }),
  );
});

test('what somebody else set in between is what stood before', () => {
  const first = change({ a: '1', b: 'x' }, { a: '2', b: 'x' });
  expect(composed(first, change({ a: 'hand', b: 'x' }, { a: '3', b: 'x' })).before.a).toBe('hand');
});

test('what the later change left alone is as the first one left it, whatever it is by now', () => {
  const first = change({ a: '1', b: 'x' }, { a: '2', b: 'x' });
  expect(composed(first, change({ a: 'hand', b: 'x' }, { a: 'hand', b: 'y' }))).toEqual(
    change({ a: '1', b: 'x' }, { a: '2', b: 'y' }),
  );
});

test('a record that the run made, and one that it removed, are seen through its own changes', () => {
  const later = change({ a: '1', b: 'x' }, { a: '2', b: 'x' });
  expect(asLeft({ a: '1', b: 'x' }, later)).toEqual({ a: '2', b: 'x' });
  expect(asLeft({ a: '1', b: 'x' }, undefined)).toEqual({ a: '1', b: 'x' });
  expect(asBefore({ a: '2', b: 'hand' }, later)).toEqual({ a: '1', b: 'hand' });
  expect(asBefore({ a: '2', b: 'hand' }, undefined)).toEqual({ a: '2', b: 'hand' });
});
