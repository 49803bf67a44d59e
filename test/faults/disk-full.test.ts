import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SqliteStorage } from '../../src/storage/sqlite/sqlite-storage.ts';
import { mayMount, mountSmall } from '../support/full-disks.ts';
import { contactsFile, patronsFile, type ModelFile } from '../support/model-directory.ts';
import { startProcess, type ProcessServer } from '../support/process-server.ts';
import { settled } from '../support/settled.ts';
import { adminAuthorization, postContacts } from '../support/server.ts';

/** A disk that can be filled to the last bytes, with a server whose data lies on it. */
interface SmallDisk extends AsyncDisposable {
  readonly dataDir: string;
  readonly server: ProcessServer;
  /** Leaves only so many bytes. */
  fill(bytesLeft: number): void;
  free(): void;
}

interface DiskKind {
  readonly name: string;
  readonly possible: boolean;
  readonly open: () => Promise<SmallDisk>;
}

/** A real file system of a few megabytes in memory. */
async function openSmallFileSystem(): Promise<SmallDisk> {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-disk-'));
  mountSmall(dataDir, '48m');
  const ballast = join(dataDir, 'ballast');
  const server = await startProcess({ dataDir });
  return {
    dataDir,
    server,
    fill(bytesLeft) {
      rmSync(ballast, { force: true });
      const { bavail, bsize } = statfsSync(dataDir);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytesLeft)));
    },
    free: () => rmSync(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      await server.kill('SIGKILL');
      execFileSync('umount', [dataDir]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** No file may grow: what a user without rights can do to a process. */
async function openSmallFiles(): Promise<SmallDisk> {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-disk-'));
  const server = await startProcess({ dataDir });
  const limit = (bytes: string) =>
    execFileSync('prlimit', ['--pid', String(server.child.pid), `--fsize=${bytes}:`], { stdio: 'inherit' });
  return {
    dataDir,
    server,
    fill(bytesLeft) {
      const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' });
      const sizes = files.map((file) => statSync(join(dataDir, file)).size);
      limit(String(Math.max(...sizes) + bytesLeft));
    },
    free: () => limit('unlimited'),
    async [Symbol.asyncDispose]() {
      await server.kill('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const kinds: readonly DiskKind[] = [
  { name: 'a small file system', possible: mayMount(), open: openSmallFileSystem },
  { name: 'a limit on the size of files', possible: process.platform === 'linux', open: openSmallFiles },
];
const possible = kinds.filter((kind) => kind.possible);

test('a full disk can be had here in at least one way', () => {
  expect(possible).not.toEqual([]);
});

const usernames = Array.from({ length: 300 }, (_, index) => `pupil${index}`);
const megabyte = 1024 * 1024;

/** Some 18,000 rows, like those of no other number. */
function largeFile(number: number): ModelFile {
  const emailsOf = (username: string) =>
    Array.from({ length: 60 }, (_, nth) => `${username}.${nth}.of.file.${number}@school.example`);
  return contactsFile(new Map(usernames.map((username) => [username, emailsOf(username)])));
}

async function seed({ server }: SmallDisk): Promise<ModelFile> {
  const file = patronsFile(usernames, 'First', '7a');
  const response = await fetch(`${server.url}/api/v1/imports?kind=patrons`, {
    method: 'POST',
    body: file.csv,
    headers: { authorization: adminAuthorization, 'content-type': 'text/csv' },
  });
  expect(response.ok).toBe(true);
  return file;
}

describe.each(possible)('a full disk: $name', ({ open }) => {
  test('S9 says so in the dialect’s words, changes nothing by halves, and all is well once there is space', async () => {
    await using disk = await open();
    const { server } = disk;
    const files = new Map<string, ModelFile>();
    const note = (file: ModelFile) => files.set(file.sha256, file).get(file.sha256)!;
    note(await seed(disk));

    const statuses: number[] = [];
    for (const [number, megabytes] of [0, 0.1, 0.5, 1, 1.5, 2, 3].entries()) {
      disk.fill(Math.floor(megabytes * megabyte));
      const { status, body } = await postContacts(server, note(largeFile(number)).csv);
      statuses.push(status);
      expect(body).toEqual({ success: status === 200, summary: expect.any(String) as string });
      expect([200, 507]).toContain(status);
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      disk.free();
      expect(await lookAt(disk, files)).toEqual({ stored: 'as its runs say', unfinished: 0 });
    }
    expect(statuses[0]).toBe(507);
    expect(new Set(statuses)).toContain(507);

    const last = await postContacts(server, note(largeFile(99)).csv);
    expect(last).toMatchObject({ status: 200, body: { success: true } });
    expect(await lookAt(disk, files)).toEqual({ stored: 'as its runs say', unfinished: 0 });
    expect(server.child.exitCode).toBeNull();
  });

  test('a librarian’s change is refused with a problem, and readiness tells', async () => {
    await using disk = await open();
    const { server } = disk;
    await seed(disk);
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${server.url}${path}`, {
        ...init,
        headers: { authorization: adminAuthorization, 'content-type': 'application/json' },
      });
    const found = (await (await ask('/api/v1/patrons?q=pupil7')).json()) as { items: { id: number }[] };
    const path = `/api/v1/patrons/${found.items[0]!.id}`;
    const change = () => ask(path, { method: 'PATCH', body: JSON.stringify({ surname: 'Ž'.repeat(500) }) });
    disk.fill(0);
    // The log has room for some changes yet; in the end there is none.
    let answer = await change();
    for (let tries = 0; answer.status === 200 && tries < 5000; tries++) answer = await change();
    expect(answer.status).toBe(507);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({ code: 'storage-full', status: 507 });
    expect((await ask(path)).status).toBe(200);
    disk.free();
    expect((await change()).status).toBe(200);
    expect((await ask('/readyz')).status).toBe(200);
  });
});

/** Looks at the data as it lies there, beside the server. */
async function lookAt(disk: SmallDisk, files: ReadonlyMap<string, ModelFile>) {
  const storage = SqliteStorage.open({ dataDir: disk.dataDir, clock: { now: () => 0 }, busyTimeoutMs: 0 });
  try {
    return await settled(storage, files, () => {
      if (disk.server.child.exitCode !== null) throw new Error(`the server ended:\n${disk.server.output()}`);
    });
  } finally {
    await storage[Symbol.asyncDispose]();
  }
}
