import { expect, test } from 'vitest';
import type { Storage } from '../ports/storage.ts';
import type { Tenant } from '../ports/tenant-store.ts';
import { addTenant, setTenant } from './tenants.ts';

/** A tenant whose statuses no daily run has stored yet. */
const neverRun = { dailyRuns: { findLast: () => Promise.resolve(undefined) } };
type Work = (tx: typeof neverRun) => Promise<unknown>;

/** Storage that keeps what it is given and nothing else. */
function storageOf(): Storage {
  let hosts: readonly string[] = [];
  let tenant: Tenant = { id: 1, slug: '', name: '', zone: '' };
  return {
    system: {
      listHosts: () => Promise.resolve([...hosts]),
      updateTenant: (slug: string, { hosts: given, ...change }: { hosts?: readonly string[] }) => {
        hosts = given ?? hosts;
        tenant = { ...tenant, ...change, slug };
        return Promise.resolve(tenant);
      },
    },
    tenant: () => Promise.resolve({ tenant, transact: (work: Work) => work(neverRun) }),
    createTenant: (given: Omit<Tenant, 'id'>, names: readonly string[]) => {
      hosts = names;
      tenant = { id: 2, ...given };
      return Promise.resolve(tenant);
    },
  } as unknown as Storage;
}

const school = { slug: 'north', name: ' North School ', zone: 'europe/london' };

test('a tenant is stored under its own spelling of zone and hosts', async () => {
  const hosts = ['Library.North.example', 'bücherei.example.', '192.168.1.5', '[2001:DB8::1]', 'localhost'];
  expect(await addTenant(storageOf(), { ...school, hosts })).toEqual({
    slug: 'north',
    name: 'North School',
    zone: 'Europe/London',
    hosts: ['library.north.example', 'xn--bcherei-n2a.example', '192.168.1.5', '[2001:db8::1]', 'localhost'],
  });
});

test('a change leaves alone what it does not name', async () => {
  const storage = storageOf();
  await addTenant(storage, { ...school, hosts: ['a.example'] });
  expect(await setTenant(storage, 'north', { zone: 'Australia/Perth' }, 0)).toEqual({
    slug: 'north',
    name: 'North School',
    zone: 'Australia/Perth',
    hosts: ['a.example'],
  });
});

test.each(['Mars/Base', '+10:00', '', 'Europe'])('%s is no time zone', async (zone) => {
  await expect(addTenant(storageOf(), { ...school, zone })).rejects.toThrow(/is not a time zone/);
});

test.each([
  'https://a.example',
  'a.example:8443',
  'a.example:80',
  'a b.example',
  'a.example/path',
  'user@a.example',
  '',
  '*.example',
  '-a.example',
])('%s is no host name', async (host) => {
  await expect(addTenant(storageOf(), { ...school, hosts: [host] })).rejects.toThrow(/is not a host name/);
});

test('a blank name is refused', async () => {
  await expect(addTenant(storageOf(), { ...school, name: ' ' })).rejects.toThrow(/name/);
});
