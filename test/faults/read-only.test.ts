import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { startProcess } from '../support/process-server.ts';
import { adminAuthorization, postContacts } from '../support/server.ts';

const program = fileURLToPath(new URL('../../bin/muster.js', import.meta.url));
const nobody = 65_534;
const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];

/** Rights mean nothing to root, who therefore runs the server as somebody else, where that one may read it. */
const isRoot = process.getuid?.() === 0;
const launcher = isRoot ? asNobody : [];

function runs(command: readonly string[]): boolean {
  return spawnSync(command[0]!, command.slice(1), { stdio: 'ignore' }).status === 0;
}

const mayLoseRights = !isRoot || runs([...asNobody, process.execPath, program, '--version']);
const mayMount = isRoot && runs(['unshare', '--mount', 'true']);

test('a data directory can be made read-only here in at least one way', () => {
  expect(mayLoseRights || mayMount).toBe(true);
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-readonly-'));
  if (isRoot) chownSync(folder, nobody, nobody);
  return folder;
}

/** Takes the right to write from everything in the folder, or gives it back. */
function setWritable(folder: string, writable: boolean): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const mode = entry.isDirectory() ? 0o700 : 0o600;
    chmodSync(join(entry.parentPath, entry.name), writable ? mode : mode & 0o500);
  }
  chmodSync(folder, writable ? 0o700 : 0o500);
}

function serveOnce(dataDir: string, prefix: readonly string[]) {
  const command = [...prefix, process.execPath, program, 'serve'];
  const env = { PATH: process.env['PATH'], MUSTER_DATA_DIR: dataDir, MUSTER_PORT: '0' };
  return spawnSync(command[0]!, command.slice(1), { env, encoding: 'utf8' });
}

const advice = /cannot be written to\. Check its owner and permissions\./;

describe.runIf(mayLoseRights)('a data directory without the right to write', () => {
  test.each(['empty', 'in use before'])('the start is refused with advice: %s', async (which) => {
    const dataDir = makeFolder();
    try {
      if (which === 'in use before') await (await startProcess({ dataDir, launcher })).kill();
      setWritable(dataDir, false);
      const { status, stderr } = serveOnce(dataDir, launcher);
      expect(status).toBe(1);
      expect(stderr).toMatch(advice);
      setWritable(dataDir, true);
      const server = await startProcess({ dataDir, launcher });
      expect(await server.kill()).toBe(0);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  test('a server that loses the right says so in the dialect’s words, lives on, and is well once it is back', async () => {
    const dataDir = makeFolder();
    try {
      await using server = await startProcess({ dataDir, launcher });
      const headers = { authorization: adminAuthorization, 'content-type': 'text/csv' };
      const patrons = { method: 'POST', body: 'username\nanna\n', headers };
      expect((await fetch(`${server.url}/api/v1/imports?kind=patrons`, patrons)).ok).toBe(true);

      setWritable(dataDir, false);
      const file = 'username,type,contact\nanna,EMAIL,a@x\n';
      const refused = await postContacts(server, file);
      expect(refused.status).toBe(503);
      expect(refused.body).toEqual({ success: false, summary: expect.stringMatching(advice) as string });
      const problem = await fetch(`${server.url}/api/v1/imports?kind=patrons`, patrons);
      expect(problem.status).toBe(503);
      expect(await problem.json()).toMatchObject({ code: 'storage-read-only' });
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(503);

      setWritable(dataDir, true);
      expect((await postContacts(server, file)).body.success).toBe(true);
      // Readiness is remembered for a moment.
      const ready = async () => (await fetch(`${server.url}/readyz`)).status;
      await expect.poll(ready, { timeout: 30_000 }).toBe(200);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});

describe.runIf(mayMount)('a data directory on a file system that is read-only', () => {
  test.each(['empty', 'in use before'])('the start is refused with advice: %s', async (which) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'muster-readonly-'));
    try {
      if (which === 'in use before') await (await startProcess({ dataDir })).kill();
      execFileSync('mount', ['--bind', dataDir, dataDir]);
      try {
        execFileSync('mount', ['-o', 'remount,ro,bind', dataDir]);
        const { status, stderr } = serveOnce(dataDir, []);
        expect(status).toBe(1);
        expect(stderr).toMatch(advice);
      } finally {
        execFileSync('umount', [dataDir]);
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
