import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** This program as its next version may be: with one migration more, which adds a column. */
export async function makeLaterVersion(): Promise<{ program: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-later-'));
  for (const part of ['bin', 'src', 'package.json']) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const migrations = join(folder, 'src/storage/migrations');
  await writeFile(
    join(migrations, 'sqlite/9998_later.sql'),
    '-- database: tenant\nALTER TABLE patron ADD COLUMN later TEXT;\n',
  );
  await writeFile(
    join(migrations, 'postgres/9998_later.sql'),
    'ALTER TABLE patron ADD COLUMN later text COLLATE "C";\n',
  );
  return {
    program: join(folder, 'bin/muster.js'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
