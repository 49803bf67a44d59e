import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importPhases } from '../support/import-phases.ts';
import { contactsFile, patronsFile, type ModelFile } from '../support/model-directory.ts';
import { asAdmin, makeDatabase, type TestDatabase } from '../support/postgres-databases.ts';
import { openProxy, type PostgresProxy } from '../support/postgres-proxy.ts';
import { startPostgres, type PostgresServer } from '../support/postgres-server.ts';
import { postContacts, seedPatrons, startServer, type TestServer } from '../support/server.ts';
import { settled } from '../support/settled.ts';

const usernames = Array.from({ length: 1200 }, (_, index) => `pupil${index}`);

/** A contacts file for everybody, like that of no other number. */
function fileNumber(number: number): ModelFile {
  return contactsFile(new Map(usernames.map((name) => [name, [`${name}@f${number}.example`]])));
}

/** A server whose every statement goes through a proxy, with its patrons and all files that were sent. */
class Scene implements AsyncDisposable {
  readonly muster: TestServer;
  readonly proxy: PostgresProxy;
  readonly #files = new Map<string, ModelFile>();
  #number = 0;

  private constructor(muster: TestServer, proxy: PostgresProxy) {
    this.muster = muster;
    this.proxy = proxy;
  }

  static async open(url: string): Promise<Scene> {
    const proxy = await openProxy(url);
    const muster = await startServer({ config: { databaseUrl: proxy.url } });
    const scene = new Scene(muster, proxy);
    await seedPatrons(muster, scene.#note(patronsFile(usernames, 'First', '7a')).csv);
    expect(await scene.post()).toMatchObject({ success: true });
    return scene;
  }

  /** Posts a new file, to which something happens on its way; gives how it was answered. */
  async post(): Promise<{ sha256: string; status: number; success: boolean }> {
    const file = this.#note(fileNumber(++this.#number));
    const { status, body } = await postContacts(this.muster, file.csv);
    return { sha256: file.sha256, status, success: body.success };
  }

  /** What is stored once nothing is left to be done, and what became of a file. */
  async outcome(sha256: string): Promise<{ stored: string; states: string[] }> {
    const { read } = this.muster.store;
    for (;;) {
      try {
        const { stored } = await settled(this.muster.context.storage, this.#files);
        const { items } = await read.runs.list({ kind: 'contacts', page: 1, pageSize: 50 });
        const states: string[] = [];
        for (const { state, deliveryId } of items) {
          if ((await read.deliveries.findById(deliveryId!))!.sha256 === sha256) states.push(state);
        }
        return { stored, states };
      } catch (error) {
        // Each connection that was cut can fail one request before it is replaced.
        if ((error as { code?: string }).code !== 'storage-unavailable') throw error;
      }
    }
  }

  #note(file: ModelFile): ModelFile {
    this.#files.set(file.sha256, file);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.muster[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
  }
}

/** Whatever happened, a file that was stored is applied once, by itself, and one that was answered was. */
async function expectWhole(scene: Scene, answer: Awaited<ReturnType<Scene['post']>>): Promise<void> {
  expect([200, 503]).toContain(answer.status);
  const { stored, states } = await scene.outcome(answer.sha256);
  expect(stored).toBe('as its runs say');
  expect(answer.success ? [['applied']] : [['applied'], []]).toContainEqual(states);
}

describe('S9 connections that are cut', () => {
  let database: TestDatabase;
  let scene: Scene;
  beforeAll(async () => {
    database = await makeDatabase();
    scene = await Scene.open(database.url);
  });
  afterAll(async () => {
    await scene[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  test.each(importPhases)(
    '$phase leave nothing by halves, and the import is done once all the same',
    async ({ sends }) => {
      const isCut = scene.proxy.at(sends, () => scene.proxy.cut());
      const answer = await scene.post();
      expect(isCut()).toBe(true);
      await expectWhole(scene, answer);
    },
  );

  test('after the commit was sent and before it was confirmed: the import is not done twice', async () => {
    const isCut = scene.proxy.at(importPhases.at(-1)!.sends, (pass) => {
      pass();
      scene.proxy.cut();
    });
    const answer = await scene.post();
    expect(isCut()).toBe(true);
    await expectWhole(scene, answer);
  });
});

describe('S9 a database server that is restarted', () => {
  let server: PostgresServer;
  let scene: Scene;
  beforeAll(async () => {
    // What was confirmed survives the end of the server, though not of the machine.
    server = await startPostgres({ settings: ['synchronous_commit=on'] });
    await asAdmin(async (client) => {
      await client.query(`create role muster login password 'x'`);
      await client.query('create database muster owner muster');
    }, server.url);
    const url = server.url.replace(/\/\/postgres:[^@]+@/, '//muster:x@').replace(/\/postgres$/, '/muster');
    scene = await Scene.open(url);
  });
  afterAll(async () => {
    await scene[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test.each(importPhases)(
    '$phase: requests are refused in words, and the import is done once all the same',
    async ({ sends }) => {
      const isRestarted = scene.proxy.at(sends, () => server.restart());
      const answer = await scene.post();
      expect(isRestarted()).toBe(true);
      await expectWhole(scene, answer);
    },
  );
});
