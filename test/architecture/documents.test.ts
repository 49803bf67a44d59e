import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { adminPassword, startServer } from '../support/server.ts';
import { anchorsOf, codeBlocks, linksOf, readDocuments, tableKeys } from './markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const documents = readDocuments(root);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');

test('the documents were found', () => {
  expect(documents.length).toBeGreaterThanOrEqual(20);
});

test('links between documents lead somewhere', () => {
  const links = documents.flatMap(linksOf);
  expect(links.length).toBeGreaterThan(40);
  const broken = links.filter(({ from, target, fragment }) => {
    const path = target === '' ? from : join(dirname(from), target);
    if (!existsSync(join(root, path))) return true;
    return fragment !== '' && path.endsWith('.md') && !anchorsOf(read(path)).includes(fragment);
  });
  expect(broken).toEqual([]);
});

test('what the program tells people to read exists', () => {
  const sources = globSync('{src,bin}/**/*.{ts,js}', { cwd: root });
  expect(sources.length).toBeGreaterThan(100);
  const named = sources.flatMap((path) => read(path).match(/\bdocs\/[\w/-]+\.md\b/g) ?? []);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('the README opens with the command that .ci/run tests with', () => {
  const command = /bash -c '([^']+)'/.exec(read('.ci/run'))?.[1];
  expect(command).toBe('npm ci && npm test');
  expect(codeBlocks(readme)[0]).toContain(command);
  expect(codeBlocks(readme)[0]).toContain('npm ci && npm start');
});

test('scripts that documents run with npm exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = documents.flatMap(({ text }) => [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map((m) => m[1]!));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

describe('settings', () => {
  const inCode = new Set(read('src/config/env.ts').match(/\bMUSTER_[A-Z_]+\b/g));

  test('the README lists those that are read, and no other', () => {
    expect(tableKeys(readme, 'Settings').sort()).toEqual([...inCode].sort());
  });

  test('documents for operators name only those that are read', () => {
    const operators = documents.filter(({ path }) => path.startsWith('docs/operations/'));
    const named = operators.flatMap(({ text }) => text.match(/\bMUSTER_[A-Z_]+\b/g) ?? []);
    // What the samples of scripts call their own address and credentials.
    const ofScripts = new Set(['MUSTER_URL', 'MUSTER_PASSWORD', 'MUSTER_API_KEY', 'MUSTER_API_SECRET']);
    // The soak's page tells how the tests' own choice of an engine is made.
    const inTests = new Set(read('test/support/engines.ts').match(/\bMUSTER_TEST_[A-Z_]+\b/g));
    const known = (name: string) => inCode.has(name) || inTests.has(name) || ofScripts.has(name);
    expect(named.filter((name) => !known(name))).toEqual([]);
  });
});

describe('commands', () => {
  const help = () =>
    execFileSync(process.execPath, [join(root, 'bin/muster.js'), '--help'], { encoding: 'utf8' });
  let commands: string[];

  beforeAll(() => {
    const listed = /^Commands:\n((?: .+\n)+)/m.exec(help())?.[1] ?? '';
    commands = [...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)]
      .map((match) => match[1]!)
      .filter((name) => name !== 'help');
  });

  test('the README lists those there are, and no other', () => {
    const listed = tableKeys(readme, 'Commands').map((command) => command.replace(/^muster /, ''));
    expect(listed.sort()).toEqual([...commands].sort());
  });

  test('documents run only those there are', () => {
    const run = documents.flatMap(({ text }) =>
      codeBlocks(text).flatMap((block) =>
        [...block.matchAll(/(?:npx muster|bin\/muster\.js) ([a-z-]+)/g)].map((match) => match[1]!),
      ),
    );
    expect(run.length).toBeGreaterThan(5);
    expect(run.filter((name) => !commands.includes(name))).toEqual([]);
  });
});

test('the sample files answer as the README says', async () => {
  await using server = await startServer();
  const authorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}`;
  const patrons = await fetch(`${server.url}/api/v1/imports?kind=patrons`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/csv' },
    body: read('examples/patrons.csv'),
  });
  expect(await patrons.json()).toMatchObject({ state: 'applied', counts: { created: 2, failed: 0 } });

  const path = /http:\/\/admin:PASSWORD@127\.0\.0\.1:8080(\/api\/import\S+)/.exec(readme)![1]!;
  const form = new FormData();
  form.append('file', new Blob([read('examples/contacts.csv')]), 'contacts.csv');
  const contacts = await fetch(server.url + path, { method: 'POST', headers: { authorization }, body: form });
  expect(await contacts.text()).toBe(codeBlocks(readme, 'json')[0]!.trim());
});
