import { parseArgs } from 'node:util';

/** What every bench can be told on its command line. */
export interface BenchOptions {
  readonly rounds: number;
  readonly patrons: number;
  readonly seed: number;
  /** The whole bench is given up after this long. */
  readonly minutesMax: number;
  readonly json: boolean;
  /** A PostgreSQL server on which Muster and the reference are measured; undefined: the embedded database. */
  readonly database: string | undefined;
}

const help = `  --rounds N       how often everything is measured (5)
  --patrons N      how large the school is (200000)
  --seed N         which school is generated (1)
  --minutes-max N  give up after so many minutes (30)
  --json           print one JSON object instead of text
  --database URL   measure on this PostgreSQL server, by a login that may make databases`;

/** Reads the options; prints the help or names what cannot be meant, and ends the process then. */
export function readOptions(name: string, argv: readonly string[] = process.argv.slice(2)): BenchOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        rounds: { type: 'string', default: '5' },
        patrons: { type: 'string', default: '200000' },
        seed: { type: 'string', default: '1' },
        'minutes-max': { type: 'string', default: '30' },
        json: { type: 'boolean', default: false },
        database: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
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
      database: values.database,
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
