import { expect, test } from 'vitest';
import { readConfig } from './env.ts';

const refusal = (env: Record<string, string>) => {
  try {
    readConfig(env);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

test('without any variable the server is on the loopback and everything strict', () => {
  expect(readConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    tls: undefined,
    trustProxy: false,
    allowHttp: false,
    rateLimit: true,
  });
});

test('a database is named by its address, whose password no refusal shows', () => {
  const url = 'postgres://muster:secret@db.example:5432/muster';
  expect(readConfig({ MUSTER_DATABASE_URL: url }).databaseUrl).toBe(url);
  expect(refusal({ MUSTER_DATABASE_URL: 'db.example:secret' })).not.toContain('secret');
});

test('proxies are addresses, networks or 1', () => {
  const proxies = (value: string) => readConfig({ MUSTER_TRUST_PROXY: value }).trustProxy;
  expect(proxies('1')).toBe(true);
  expect(proxies('off')).toBe(false);
  expect(proxies('10.0.0.2, 10.1.0.0/16,fd00::/8, loopback')).toEqual([
    '10.0.0.2',
    '10.1.0.0/16',
    'fd00::/8',
    'loopback',
  ]);
});

test.each(['proxy.example.org', '10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/x', '300.0.0.1'])(
  'a proxy named %s is refused with the name of the variable',
  (value) => {
    expect(refusal({ MUSTER_TRUST_PROXY: value })).toContain('MUSTER_TRUST_PROXY');
  },
);

test.each([
  ['MUSTER_PORT', '99999'],
  ['MUSTER_ALLOW_HTTP', 'perhaps'],
  ['MUSTER_RATE_LIMIT', '2'],
  ['MUSTER_TLS_CERT', '/a.pem'],
  ['MUSTER_DATABASE_URL', 'mysql://muster:secret@db/muster'],
])('%s that cannot be meant is refused by its name', (name, value) => {
  expect(refusal({ [name]: value })).toContain(name);
});
