import { expect, test } from 'vitest';
import { perAddress, perClient, RequestRate } from './request-rate.ts';

test('a nightly run of ten thousand calls in a moment meets no limit, nor does 200 calls a second all day', () => {
  let now = 0;
  const rate = new RequestRate({ now: () => now });
  const waits = new Set<number>();
  for (let call = 0; call < 10_000; call += 1) waits.add(rate.takeAddress('10.0.0.1') + rate.takeClient(1));
  for (let call = 0; call < 200_000; call += 1) {
    now += 5;
    waits.add(rate.takeAddress('10.0.0.1') + rate.takeClient(1));
  }
  expect([...waits]).toEqual([0]);
});

test('a client that runs wild is told when to come again, and no other client is', () => {
  let now = 0;
  const rate = new RequestRate({ now: () => now });
  for (let call = 0; call < perClient.attempts; call += 1) rate.takeClient(1);
  const waitSeconds = rate.takeClient(1);
  expect(waitSeconds).toBeGreaterThanOrEqual(1);
  expect(rate.takeClient(2)).toBe(0);
  now += waitSeconds * 1000;
  expect(rate.takeClient(1)).toBe(0);
});

test('an address has more than one client, and a household of IPv6 is one address', () => {
  const rate = new RequestRate({ now: () => 0 });
  for (let call = 0; call < perAddress.attempts; call += 1) rate.takeAddress(`2001:db8::${call % 2}`);
  expect(rate.takeAddress('2001:db8::7')).toBeGreaterThan(0);
  expect(rate.takeAddress('2001:db8:0:1::7')).toBe(0);
  expect(perAddress.attempts).toBeGreaterThan(perClient.attempts);
});
