import { expect, test } from 'vitest';
import { readConfig } from './env.ts';
import { configWarnings } from './warnings.ts';

const warned = (env: Record<string, string>) =>
  configWarnings(readConfig(env)).map((text) => text.split(' ')[0]);

test('the settings as they come need no warning', () => {
  expect(warned({})).toEqual([]);
  expect(warned({ MUSTER_HOST: '::1' })).toEqual([]);
});

test('a weaker setting is warned of at the start', () => {
  expect(warned({ MUSTER_ALLOW_HTTP: '1', MUSTER_HOST: '0.0.0.0' })).toEqual(['MUSTER_ALLOW_HTTP']);
  expect(warned({ MUSTER_RATE_LIMIT: 'off' })).toEqual(['MUSTER_RATE_LIMIT']);
});

test('an open address without TLS or proxy is warned of, since it will refuse every password', () => {
  expect(warned({ MUSTER_HOST: '0.0.0.0' })).toEqual(['MUSTER_HOST']);
  expect(warned({ MUSTER_HOST: '0.0.0.0', MUSTER_TRUST_PROXY: '10.0.0.2' })).toEqual([]);
  expect(warned({ MUSTER_HOST: '0.0.0.0', MUSTER_TLS_CERT: 'c', MUSTER_TLS_KEY: 'k' })).toEqual([]);
});
