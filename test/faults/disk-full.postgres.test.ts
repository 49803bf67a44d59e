import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayMount, mountSmall } from '../support/full-disks.ts';
import { importPhases } from '../support/import-phases.ts';
import { contactsFile, patronsFile, type ModelFile } from '../support/model-directory.ts';
import { asAdmin } from '../support/postgres-databases.ts';
import { openProxy, type PostgresProxy } from '../support/postgres-proxy.ts';
import { startPostgres, type PostgresServer } from '../support/postgres-server.ts';
import {
  adminAuthorization,
  postContacts,
  seedPatrons,
  startServer,
  type TestServer,
} from '../support/server.ts';
import { settled } from '../support/settled.ts';

/** A PostgreSQL server whose data lies on a disk that can be filled to the last bytes. */
interface SmallServer extends AsyncDisposable {
  readonly server: PostgresServer;
  fill(): void;
  free(): void;
}

/** A real file system. The log lies elsewhere, since a server that cannot write that ends itself. */
async function openSmallFileSystem(): Promise<SmallServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'muster-disk-'));
  mountSmall(dataDir, '128m');
  const server = await startPostgres({ dataDir, logApart: true });
  const ballast = join(dataDir, 'ballast');
  return {
    server,
    fill() {
      const file = openSync(ballast, 'w');
      try {
        // The server may take or give up some meanwhile, so nothing else tells that none is left.
        for (;;) writeSync(file, Buffer.alloc(Math.max(1, freeBytes(dataDir))));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      execFileSync('umount', [dataDir]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** No file may grow beyond the largest: what a user without rights can do to the processes of a server. */
async function openSmallFiles(): Promise<SmallServer> {
  const server = await startPostgres({ logApart: true });
  const main = readFileSync(join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]!;
  // As whoever the server runs as, since not even root may do this to others everywhere.
  const { uid, gid } = statSync(server.dataDir);
  const limit = (bytes: string) => {
    for (const pid of [main, ...childrenOf(main)]) {
      const options = ['--pid', pid, `--fsize=${bytes}:`];
      // One that has ended meanwhile needs no limit.
      const { status } = spawnSync('prlimit', options, { uid, gid, stdio: 'ignore' });
      if (status !== 0 && existsSync(`/proc/${pid}`)) throw new Error(`no limit for process ${pid}`);
    }
  };
  return {
    server,
    fill() {
      const files = readdirSync(join(server.dataDir, 'base'), { recursive: true, encoding: 'utf8' });
      const sizes = files.map((file) => statSync(join(server.dataDir, 'base', file)).size);
      limit(String(Math.max(...sizes)));
    },
    free: () => limit('unlimited'),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function childrenOf(pid: string): string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1] === pid;
    } catch {
      return false;
    }
  });
}

const kinds = [
  { name: 'a small file system', possible: mayMount(), open: openSmallFileSystem },
  { name: 'a limit on the size of files', possible: process.platform === 'linux', open: openSmallFiles },
];
/** The first way there is here; each was tried. */
const possible = kinds.filter((kind) => kind.possible).slice(0, 1);

test('a full disk can be had here in at least one way', () => {
  expect(possible).toHaveLength(1);
});

const usernames = Array.from({ length: 600 }, (_, index) => `pupil${index}`);

/** A contacts file that rewrites some megabytes, like that of no other number. */
function fileNumber(number: number): ModelFile {
  const emailsOf = (name: string) =>
    Array.from({ length: 12 }, (_, nth) => `${name}.${nth}.of.file.${number}@school.example`);
  return contactsFile(new Map(usernames.map((name) => [name, emailsOf(name)])));
}

describe.each(possible)('the database’s disk is full: $name', ({ open }) => {
  let disk: SmallServer;
  let proxy: PostgresProxy;
  let muster: TestServer;
  const files = new Map<string, ModelFile>();
  const note = (file: ModelFile) => files.set(file.sha256, file).get(file.sha256)!;
  let number = 0;

  beforeAll(async () => {
    disk = await open();
    await asAdmin(async (client) => {
      await client.query(`create role muster login password 'x'`);
      await client.query('create database muster owner muster');
    }, disk.server.url);
    const url = disk.server.url.replace(/\/\/postgres:[^@]+@/, '//muster:x@');
    proxy = await openProxy(url.replace(/\/postgres$/, '/muster'));
    muster = await startServer({ config: { databaseUrl: proxy.url } });
    await seedPatrons(muster, note(patronsFile(usernames, 'First', '7a')).csv);
    const first = await postContacts(muster, note(fileNumber(++number)).csv);
    expect(first.body).toMatchObject({ success: true });
  });
  afterAll(async () => {
    await muster[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await disk[Symbol.asyncDispose]();
  });

  test.each(importPhases)(
    'S9 $phase: it says so in the dialect’s words, changes nothing by halves, and all is well once there is space',
    async ({ sends }) => {
      const isFull = proxy.at(sends, () => disk.fill());
      const { status, body } = await postContacts(muster, note(fileNumber(++number)).csv);
      expect(isFull()).toBe(true);
      // What is left to be written then may fit into what its files have free.
      expect([200, 507]).toContain(status);
      expect(body).toEqual({ success: status === 200, summary: expect.any(String) as string });
      expect((await fetch(`${muster.url}/healthz`)).status).toBe(200);
      disk.free();
      const whole = { stored: 'as its runs say', unfinished: 0 };
      expect(await settled(muster.context.storage, files)).toEqual(whole);
      const next = await postContacts(muster, note(fileNumber(++number)).csv);
      expect(next).toMatchObject({ status: 200, body: { success: true } });
      expect(await settled(muster.context.storage, files)).toEqual(whole);
    },
  );

  test('it is full all along: the import and a librarian’s change are refused in words', async () => {
    disk.fill();
    const { status, body } = await postContacts(muster, note(fileNumber(++number)).csv);
    expect(status).toBe(507);
    expect(body).toEqual({ success: false, summary: expect.stringMatching(/disk of the database is full/) });
    const change = (n: number) =>
      fetch(`${muster.url}/api/v1/patrons/pupil7`, {
        method: 'PATCH',
        body: JSON.stringify({ room: `R${n}` }),
        headers: { authorization: adminAuthorization, 'content-type': 'application/json' },
      });
    // Its files have room for some changes yet; in the end there is none.
    let answer = await change(0);
    for (let tries = 1; answer.status === 200 && tries < 3000; tries++) answer = await change(tries);
    expect(answer.status).toBe(507);
    expect(await answer.json()).toMatchObject({ code: 'storage-full', status: 507 });
    disk.free();
    expect((await change(1)).status).toBe(200);
    expect((await settled(muster.context.storage, files)).unfinished).toBe(0);
  });
});
