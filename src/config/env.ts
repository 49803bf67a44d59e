import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { MusterError } from '../domain/errors.ts';
import type { Config } from './config.ts';

/**
 * The one reader of the environment. `MusterError('bad-request')` names a variable that cannot be meant,
 * rather than starting with a guess.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const text = (name: string) => env[name]?.trim() || undefined;
  const certFile = text('MUSTER_TLS_CERT');
  const keyFile = text('MUSTER_TLS_KEY');
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new MusterError(
      'bad-request',
      'MUSTER_TLS_CERT and MUSTER_TLS_KEY go together; only one of them is set.',
    );
  }
  return {
    dataDir: resolve(text('MUSTER_DATA_DIR') ?? './data'),
    databaseUrl: databaseUrl(text('MUSTER_DATABASE_URL')),
    host: text('MUSTER_HOST') ?? '127.0.0.1',
    port: port(text('MUSTER_PORT') ?? '8080'),
    adminPassword: env['MUSTER_ADMIN_PASSWORD'] || undefined,
    tls: certFile && keyFile ? { certFile, keyFile } : undefined,
    trustProxy: trustProxy(text('MUSTER_TRUST_PROXY')),
    allowHttp: flag('MUSTER_ALLOW_HTTP', text('MUSTER_ALLOW_HTTP'), false),
    rateLimit: flag('MUSTER_RATE_LIMIT', text('MUSTER_RATE_LIMIT'), true),
    logLevel: text('MUSTER_LOG_LEVEL') ?? 'info',
  };
}

const yes = new Set(['1', 'on', 'true', 'yes']);
const no = new Set(['0', 'off', 'false', 'no']);

function flag(name: string, value: string | undefined, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (yes.has(value.toLowerCase())) return true;
  if (no.has(value.toLowerCase())) return false;
  throw new MusterError('bad-request', `${name} is “${value}”; set it to on or off.`);
}

function port(value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= 65_535) return number;
  throw new MusterError('bad-request', `MUSTER_PORT is “${value}”; a port is a number from 0 to 65535.`);
}

function databaseUrl(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const protocol = URL.parse(value)?.protocol;
  if (protocol === 'postgres:' || protocol === 'postgresql:') return value;
  // The value itself is not shown: it may hold a password.
  throw new MusterError(
    'bad-request',
    'MUSTER_DATABASE_URL is no address of a PostgreSQL database; write postgres://LOGIN:PASSWORD@HOST:5432/DATABASE, or unset it for the embedded one.',
  );
}

/** Names for the networks that are private by their numbers. */
const networkNames = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** `1`: whoever connects is the proxy; else a comma-separated list of addresses and networks. */
function trustProxy(value: string | undefined): boolean | readonly string[] {
  if (value === undefined || no.has(value.toLowerCase())) return false;
  if (yes.has(value.toLowerCase())) return true;
  const proxies = value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  for (const proxy of proxies) {
    const [address = '', bits = '0', ...more] = proxy.split('/');
    const isNetwork =
      isIP(address) !== 0 && more.length === 0 && /^\d+$/.test(bits) && Number(bits) <= maskBits(address);
    if (networkNames.has(proxy) || isNetwork) continue;
    throw new MusterError(
      'bad-request',
      `MUSTER_TRUST_PROXY has “${proxy}”; give addresses or networks such as 10.0.0.2 or 10.0.0.0/24, or 1 for whoever connects.`,
    );
  }
  return proxies;
}

function maskBits(address: string): number {
  return isIP(address) === 6 ? 128 : 32;
}
