import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { codeBlocks } from '../../architecture/markdown.ts';
import { startServer } from '../../support/server.ts';
import { addClient, dead } from './support.ts';

const page = await readFile(
  fileURLToPath(new URL('../../../docs/operations/moving-from-fsi.md', import.meta.url)),
  'utf8',
);

interface Sample {
  readonly language: string;
  readonly file: string;
  /** Whatever of these this machine has runs the file. */
  readonly programs: readonly (readonly string[])[];
}

const samples: readonly Sample[] = [
  { language: 'js', file: 'sync.mjs', programs: [[process.execPath]] },
  { language: 'sh', file: 'sync.sh', programs: [['sh', '-e']] },
  { language: 'python', file: 'sync.py', programs: [['python3'], ['python']] },
];

const isThere = ([program = '']: readonly string[]) =>
  spawnSync(program, program === 'sh' ? ['-c', 'curl --version'] : ['--version']).status === 0;

test('the samples of the operators’ page are there, one for each language', () => {
  for (const { language } of samples) expect(codeBlocks(page, language).length).toBeGreaterThan(0);
  expect(codeBlocks(page, 'powershell')).toHaveLength(1);
  expect(page.match(new RegExp(RegExp.escape(dead), 'g'))!.length).toBeGreaterThanOrEqual(4);
});

test.each(samples)(
  'F18 the sample in $language makes a patron as it stands',
  async ({ language, file, programs }) => {
    const program = programs.find(isThere);
    // A machine without it is none where the sample could be used.
    if (program === undefined) return;
    await using server = await startServer();
    const client = await addClient(server);
    const folder = await mkdtemp(join(tmpdir(), 'muster-sample-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, file), codeBlocks(page, language).at(-1)!);
    const child = spawn(program[0]!, [...program.slice(1), file], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        MUSTER_URL: server.url,
        MUSTER_API_KEY: client.key,
        MUSTER_API_SECRET: client.secret,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (said += text.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect([code, said]).toEqual([0, expect.stringContaining('ada')]);
    expect(await server.store.read.patrons.findByKey('externalid', 'S1001')).toMatchObject({
      username: 'ada',
      firstname: 'Ada',
      surname: 'Lovelace',
      classgrade: '7A',
    });
  },
);
