import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runCli } from '../../src/cli/cli.ts';
import { makeFolder } from '../support/run-muster.ts';

/** In this process, since a child process a case would take longer than all of these together. */
let folder: Awaited<ReturnType<typeof makeFolder>>;
let said: { out: string; err: string };

async function muster(...args: string[]) {
  said = { out: '', err: '' };
  process.exitCode = undefined;
  await runCli(args);
  return { code: process.exitCode ?? 0, ...said };
}

beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(async () => {
  process.exitCode = undefined;
  delete process.env['MUSTER_DATA_DIR'];
  await folder[Symbol.asyncDispose]();
});
beforeEach(() => {
  process.env['MUSTER_DATA_DIR'] = join(folder.path, 'data');
  const keep = (where: 'out' | 'err') => (text: unknown) => {
    said[where] += String(text);
    return true;
  };
  vi.spyOn(console, 'log').mockImplementation((line) => void (said.out += `${line}\n`));
  vi.spyOn(console, 'error').mockImplementation((line) => void (said.err += `${line}\n`));
  vi.spyOn(process.stdout, 'write').mockImplementation(keep('out'));
  vi.spyOn(process.stderr, 'write').mockImplementation(keep('err'));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('without data', () => {
  test('a command that reads says so and makes none', async () => {
    process.env['MUSTER_DATA_DIR'] = join(folder.path, 'mistyped');
    expect(await muster('account', 'list')).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/^There is no Muster data in .*mistyped\. .*MUSTER_DATA_DIR.*\n$/),
    });
    expect(existsSync(join(folder.path, 'mistyped'))).toBe(false);
    const { code, out } = await muster('doctor', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ healthy: false });
  });

  test('a setting that cannot be meant is a usage error, and the doctor’s finding', async () => {
    process.env['MUSTER_PORT'] = 'eighty';
    try {
      expect(await muster('tenant', 'list')).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^MUSTER_PORT is/),
      });
      expect(await muster('doctor')).toMatchObject({
        code: 1,
        out: expect.stringMatching(/MUSTER_PORT is “eighty”/),
      });
    } finally {
      delete process.env['MUSTER_PORT'];
    }
  });
});

describe('a usage error is exit code 2, said in one sentence', () => {
  beforeAll(async () => {
    process.env['MUSTER_DATA_DIR'] = join(folder.path, 'data');
    vi.spyOn(console, 'log').mockImplementation(() => {});
    await runCli(['tenant', 'add', 'north', '--name', 'North', '--zone', 'Europe/London']);
  });

  test.each([
    [
      'an unknown patron',
      'history nobody',
      /^No patron has the id, username, barcode or externalid “nobody”\.\n$/,
    ],
    ['an unknown scenario', 'recipients jdoe1 OVERDU', /Did you mean “OVERDUE”\?\n$/],
    [
      'an unknown kind',
      'import books x.csv',
      /^“books” is not a kind of import\. There are: patrons, contacts, .*authorization-set, webcheckout\.\n$/,
    ],
    ['an unknown mode', 'import contacts x.csv -m replace', /^“replace” is not a mode of contacts\./],
    ['a missing file', 'import contacts /nowhere/x.csv', /^There is no file \/nowhere\/x\.csv\.\n$/],
    ['a folder for a file', 'import contacts /', /^\/ is a folder\. Name a CSV file\.\n$/],
    ['an unknown command', 'fly', /unknown command 'fly'/],
    ['a missing argument', 'recipients jdoe1', /missing required argument 'scenario'/],
    ['a missing option', 'tenant add south --name South', /required option '--zone <zone>'/],
    ['an unknown tenant', 'runs --tenant south', /^There is no tenant “south”\.\n$/],
    ['an unknown run', 'undo 99', /^There is no run 99\.\n$/],
    ['a run that is no number', 'approve last', /A run is named by its number/],
    [
      'a slug that is none',
      'tenant add ../x --name X --zone Europe/London',
      /^“\.\.\/x” cannot name a tenant/,
    ],
    ['a zone that is none', 'tenant set north --zone Mars/Base', /^“Mars\/Base” is not a time zone/],
    ['a host that is none', 'tenant set north --host https://a.example', /is not a host name/],
    ['a change of nothing', 'tenant set north', /^Say what to change/],
    [
      'a backup that is not there',
      'restore /nowhere/x.backup',
      /^There is no file \/nowhere\/x\.backup\.\n$/,
    ],
  ])('%s', async (_what, line, words) => {
    const ran = await muster(...line.split(' '));
    expect(ran).toEqual({ code: 2, out: '', err: expect.stringMatching(words) });
  });

  test('a tenant that is there already is refused, which is another thing', async () => {
    const args = ['tenant', 'add', 'north', '--name', 'North', '--zone', 'Europe/London'];
    expect(await muster(...args)).toMatchObject({ code: 1, out: '' });
  });
});

test('help stands on standard output, with an example, for every command', async () => {
  const { code, out } = await muster('--help');
  expect(code).toBe(0);
  const names = [...out.split('Commands:')[1]!.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names.filter((one) => one !== 'help')) {
    const help = await muster(name, '--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(
      new RegExp(`^Usage: muster ${name} [^]*Example:\\n  (?:MUSTER_[A-Z_]+=\\S+ )*muster ${name}`),
    );
  }
});
