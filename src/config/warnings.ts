import type { Config } from './config.ts';

const loopbackHosts = new Set(['127.0.0.1', '::1', 'localhost']);

/** What an operator should know at each start: settings that weaken the server or make it refuse everybody. */
export function configWarnings(config: Config): string[] {
  const { allowHttp, tls, trustProxy, host, rateLimit } = config;
  const warnings: string[] = [];
  if (allowHttp && tls === undefined) {
    warnings.push(
      'MUSTER_ALLOW_HTTP is on: passwords are taken over plain HTTP, where others on the network can read them.',
    );
  }
  if (!rateLimit) {
    warnings.push(
      'MUSTER_RATE_LIMIT is off: passwords can be guessed as fast as the machine can check them, and nobody counts calls.',
    );
  }
  if (!allowHttp && tls === undefined && trustProxy === false && !loopbackHosts.has(host)) {
    warnings.push(
      'MUSTER_HOST lets other machines in, but without TLS or a trusted proxy their passwords are refused. Set MUSTER_TLS_CERT and MUSTER_TLS_KEY, or MUSTER_TRUST_PROXY.',
    );
  }
  return warnings;
}
