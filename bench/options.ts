import { parseArgs } from 'node:util';

/** What every bench can be told on its command line. */
export interface BenchOptions {
  readonly rounds: number;
  readonly patrons: number;
  readonly seed: number;
  /** The whole bench is given up after this long. */
  readonly minutesMax: number;
  readonly json: boolean;
  /** How many processors each server process may use; undefined: all there are. */
  readonly processors: number | undefined;
  /** Where Muster and the reference are measured: the embedded database, a server of its own, or the one named. */
  readonly engine: 'sqlite' | 'postgres' | { readonly url: string };
}

/** What a bench does where nothing is said. */
interface Defaults {
  readonly rounds?: number;
  readonly patrons?: number;
  readonly minutesMax?: number;
  readonly engine?: 'sqlite' | 'postgres';
  /** Whether it can hold its servers to some processors. */
  readonly holdsServers?: boolean;
}

/** Reads the options; prints the help or names what cannot be meant, and ends the process then. */
export function readOptions(
  name: string,
  { rounds = 5, patrons = 200_000, minutesMax = 30, engine = 'sqlite', holdsServers = false }: Defaults = {},
  argv: readonly string[] = process.argv.slice(2),
): BenchOptions {
  const help = `  --rounds N       how often everything is measured (${rounds})
  --patrons N      how large the school is (${patrons})
  --seed N         which school is generated (1)
  --minutes-max N  give up after so many minutes (${minutesMax})
  --json           print one JSON object instead of text
  --postgres       measure on a PostgreSQL server started for it${engine === 'postgres' ? ' (always so here)' : ''}
  --database URL   measure on that PostgreSQL server, by a login that may make databases${
    holdsServers
      ? '\n  --processors X   hold each server process to X processors (0.5: half of one); takes Linux and root'
      : ''
  }`;
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        rounds: { type: 'string', default: String(rounds) },
        patrons: { type: 'string', default: String(patrons) },
        seed: { type: 'string', default: '1' },
        'minutes-max': { type: 'string', default: String(minutesMax) },
        json: { type: 'boolean', default: false },
        postgres: { type: 'boolean', default: engine === 'postgres' },
        database: { type: 'string' },
        processors: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.processors !== undefined && !holdsServers) throw new Error(`--processors is not for ${name}.`);
    if (values.help) {
      console.log(`npm run ${name} -- [options]\n${help}`);
      process.exit(0);
    }
    return {
      rounds: count('rounds', values.rounds),
      patrons: count('patrons', values.patrons),
      seed: count('seed', values.seed),
      minutesMax: count('minutes-max', values['minutes-max']),
      json: values.json,
      processors: values.processors === undefined ? undefined : share(values.processors),
      engine:
        values.database !== undefined ? { url: values.database } : values.postgres ? 'postgres' : 'sqlite',
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n${help}`);
    return process.exit(2);
  }
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} is “${text}”; give a whole number above 0.`);
}

function share(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1024) return value;
  throw new Error(`--processors is “${text}”; give a number above 0, like 0.5.`);
}
