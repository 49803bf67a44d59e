/**
 * The rooms of `src/` and what each may import, beside itself. An arrow that stands here for no reason, or a
 * room that nobody needs, is struck out; a new one is added with its reason, or the code moves.
 */
export interface Arrow {
  /** A room, one file, or `*` for everything. */
  readonly to: string;
  readonly why: string;
}

export const arrows: Readonly<Record<string, readonly Arrow[]>> = {
  domain: [],
  ports: [{ to: 'domain', why: 'ports speak of patrons, contacts and outcomes' }],
  directory: [
    { to: 'domain', why: 'use cases apply the rules' },
    { to: 'ports', why: 'to what the stores hold' },
  ],
  sync: [
    { to: 'domain', why: 'the engine plans with the pure rules' },
    { to: 'ports', why: 'it reads and writes through stores, clock and spool' },
    { to: 'directory', why: 'it writes patrons and contacts where the use cases write them' },
  ],
  auth: [{ to: 'ports', why: 'accounts and sessions lie in stores' }],
  dialects: [
    { to: 'directory', why: 'what it asks of single patrons are use cases like any other' },
    { to: 'sync', why: 'a file of a dialect becomes an import run' },
    { to: 'auth', why: 'each dialect has its own way to show credentials' },
    { to: 'domain', why: 'columns and modes name the rules they feed' },
    { to: 'ports', why: 'requests carry the stores of their tenant' },
  ],
  contract: [
    { to: 'domain', why: 'schemas list the words of the domain' },
    { to: 'ports', why: 'and those of runs, channels and capabilities' },
  ],
  http: [
    { to: 'contract', why: 'routes serve the contract' },
    { to: 'directory', why: 'operations call use cases' },
    { to: 'sync', why: 'uploads become runs' },
    { to: 'auth', why: 'who asks, and what they may do' },
    { to: 'domain', why: 'refusals become problem documents' },
    { to: 'ports', why: 'requests carry the stores of their tenant' },
    { to: 'observability', why: 'health, metrics and the request log are served here' },
    { to: 'dialects/registry.ts', why: 'the list of dialects is mounted, no dialect is known by name' },
    { to: 'dialects/dialect.ts', why: 'what a dialect may use is made here' },
    { to: 'config', why: 'limits and settings of the server' },
    { to: 'jobs', why: 'an upload is handed to the runner of imports' },
  ],
  jobs: [
    { to: 'ports', why: 'jobs read the queue of runs' },
    { to: 'sync', why: 'they drive the engine' },
    { to: 'directory', why: 'the daily run is a use case' },
    { to: 'domain', why: 'in domain words' },
    { to: 'observability', why: 'a job that nobody watches must tell what it did' },
  ],
  storage: [
    { to: 'ports', why: 'stores are what the ports ask for' },
    { to: 'domain', why: 'they give and take domain types' },
  ],
  observability: [{ to: 'ports', why: 'health asks the stores' }],
  config: [{ to: 'domain', why: 'a wrong setting is a refusal with a reason' }],
  cli: [{ to: '*', why: 'a command is a composition root of its own' }],
  'main.ts': [{ to: '*', why: 'the composition root' }],
  'context.ts': [{ to: '*', why: 'the composition root' }],
  // Finer than its room: the entry of a worker thread builds its own world, as main.ts does.
  'jobs/*worker.ts': [{ to: '*', why: 'the composition root of a worker thread' }],
};

/** What lies outside `src/`: a package or a Node built-in, and the rooms, or folders in one, that may import it. */
export interface OutsideArrow {
  /** A name, or the beginning of one where it ends in `*`. */
  readonly name: string;
  readonly rooms: readonly string[];
  readonly why: string;
}

/** Rooms that do input and output for a living. */
const outer = ['storage', 'jobs', 'http', 'observability', 'cli', 'main.ts', 'context.ts'];

export const outsideArrows: readonly OutsideArrow[] = [
  {
    name: 'any-ascii',
    rooms: ['domain'],
    why: 'romanising (I17) is a rule, and the package is a pure table',
  },
  { name: 'kysely', rooms: ['storage'], why: 'SQL stays in the stores' },
  { name: 'node:sqlite', rooms: ['storage'], why: 'an engine is known to its own folder only' },
  { name: 'pg', rooms: ['storage/postgres'], why: 'as node:sqlite' },
  { name: 'zod', rooms: ['contract', 'http', 'config'], why: 'rows of a file go through a FileSpec instead' },
  { name: 'fastify', rooms: ['http', 'dialects'], why: 'only what speaks HTTP knows the server' },
  {
    name: 'fastify-type-provider-zod',
    rooms: ['http'],
    why: 'the management API alone is described by schemas',
  },
  { name: '@fastify/*', rooms: ['http', 'dialects'], why: 'as fastify' },
  { name: 'yauzl', rooms: ['sync'], why: 'the ZIP of a delivery is opened where its files are scanned' },
  { name: 'pino', rooms: ['observability'], why: 'one logger, which knows what must not be logged' },
  { name: 'prom-client', rooms: ['observability'], why: 'one helper per event counts and logs' },
  { name: 'commander', rooms: ['cli'], why: 'the command line stays outside' },
  { name: 'node:crypto', rooms: ['auth', 'sync', 'dialects', ...outer], why: 'hashes, keys and comparison' },
  { name: 'node:buffer', rooms: ['sync', 'dialects', 'auth', ...outer], why: 'bytes' },
  { name: 'node:stream*', rooms: ['ports', 'sync', 'dialects', ...outer], why: 'bodies and deliveries flow' },
  { name: 'node:util', rooms: ['sync', 'auth', 'dialects', ...outer], why: 'helpers without effects' },
  { name: 'node:events', rooms: outer, why: 'waiting for a thread, a socket, a signal' },
  { name: 'node:zlib', rooms: ['sync', ...outer], why: 'deliveries are kept compressed' },
  {
    name: 'node:timers*',
    rooms: ['sync', 'auth', 'directory', ...outer],
    why: 'waiting with a limit, and letting others have a turn',
  },
  {
    name: 'node:fs*',
    rooms: ['config', 'sync', ...outer],
    why: 'files of the machine; large deliveries spill',
  },
  { name: 'node:path', rooms: ['config', 'sync', ...outer], why: 'as node:fs' },
  { name: 'node:os', rooms: ['config', ...outer], why: 'host name and temporary folder' },
  { name: 'node:process', rooms: ['config', ...outer], why: 'signals, exit codes, standard streams' },
  {
    name: 'node:worker_threads',
    rooms: ['jobs'],
    why: 'imports run beside the server',
  },
  { name: 'node:v8', rooms: ['observability'], why: 'the heap of a thread is swept once it has started' },
  { name: 'node:vm', rooms: ['observability'], why: 'as node:v8' },
  {
    name: 'node:http*',
    rooms: ['http', 'dialects', 'cli', 'main.ts'],
    why: 'only what serves or asks over HTTP',
  },
  { name: 'node:net', rooms: ['auth', 'http', 'config', 'cli'], why: 'addresses and sockets' },
  { name: 'node:tls', rooms: ['http'], why: 'certificates' },
  { name: 'node:readline*', rooms: ['cli'], why: 'passwords are read from standard input' },
];

/** What reaches for clock, chance, network or process without an import; none of it in `domain/`. */
export const impure: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /\bDate\.now\b/, what: 'Date.now' },
  { pattern: /\bnew\s+Date\b\s*(?:\(\s*\)|(?!\s*\())/, what: 'new Date() of now' },
  { pattern: /(?<!\bnew\s+)(?<![.\w])Date\s*\(/, what: 'Date()' },
  { pattern: /\bTemporal\s*\.\s*Now\b/, what: 'Temporal.Now' },
  { pattern: /\bperformance\s*\./, what: 'performance' },
  { pattern: /\bMath\s*\.\s*random\b/, what: 'Math.random' },
  { pattern: /(?<![.\w])crypto\s*\./, what: 'crypto' },
  { pattern: /(?<![.\w])process\s*[.[]/, what: 'process' },
  { pattern: /(?<![.\w])fetch\s*\(/, what: 'fetch' },
  { pattern: /(?<![.\w])set(?:Timeout|Interval|Immediate)\s*\(/, what: 'a timer' },
  { pattern: /(?<![.\w])console\s*\./, what: 'console' },
  { pattern: /\bglobalThis\b/, what: 'globalThis' },
];

/** Folders that must not know which database they run on; what differs stands behind capability flags. */
export const engineBlind: readonly string[] = [
  'storage/stores/',
  'domain/',
  'directory/',
  'sync/',
  'dialects/',
];
