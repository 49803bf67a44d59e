/** Everything an operator may set, read once and handed in. */
export interface Config {
  readonly dataDir: string;
  /** `postgres://…` in place of the embedded database. */
  readonly databaseUrl: string | undefined;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly adminPassword: string | undefined;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Addresses or networks of proxies whose forwarding headers are believed; true = any. */
  readonly trustProxy: boolean | readonly string[];
  readonly allowHttp: boolean;
  readonly rateLimit: boolean;
  readonly logLevel: string;
}

/** Limits on what comes from outside, and on what waits for it. */
export const limits = {
  uploadBytesMax: 1024 * 1024 * 1024,
  jsonBodyBytesMax: 1024 * 1024,
  headersTimeoutMs: 30_000,
  /** How long a whole request may take to arrive, the largest file over a slow line included. */
  requestTimeoutMs: 30 * 60_000,
  /** How long an upload may stand still. */
  uploadIdleMs: 60_000,
  keepAliveTimeoutMs: 72_000,
  urlLengthMax: 8 * 1024,
  headersBytesMax: 16 * 1024,
  /** One address part, e.g. a patron's key. */
  pathPartLengthMax: 200,
  /** Each takes memory and a file descriptor. */
  connectionsMax: 2_000,
  /** How often connections are looked at for the time-outs. */
  connectionsCheckMs: 5_000,
  /** How long a body is still read that was answered before it had come whole. */
  lingerMs: 30_000,
  /** How often the files of the certificate are looked at. */
  certificateCheckMs: 10_000,
  /** How long requests and imports in flight may take once a stop was asked for. */
  stopGraceMs: 20_000,
} as const;

export type Limits = { readonly [name in keyof typeof limits]: number };
