import { readdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { contactsOf } from '../../support/contacts-of.ts';
import { filePart, multipartBody } from '../../support/multipart.ts';
import { postFile, postForm } from '../../support/post-form.ts';
import { postHead, rawRequest } from '../../support/raw-http.ts';
import { adminAuthorization, seedUsernames, startServer, type TestServer } from '../../support/server.ts';

const fileBytesMax = 100_000;
const server = await startServer({ uploadLimits: { bytesMax: fileBytesMax, idleMs: 300 } });
afterAll(() => server.close());
await seedUsernames(server, 'jo');

const row = 'jo,PHONE,1\n';
const header = 'username,type,contact\n';
const applied = { success: true, summary: 'Contacts for 1 patrons updated successfully.' };

const spooled = (of: TestServer = server) => readdir(of.context.spoolDir);
const contactRuns = async () =>
  (await server.store.read.runs.list({ kind: 'contacts', page: 1, pageSize: 1 })).total;

/** Runs `attempt` and holds that it stored nothing and that the next script is served. */
async function expectNoTraceOf<T>(attempt: () => Promise<T>): Promise<T> {
  const runsBefore = await contactRuns();
  const contactsBefore = await contactsOf(server, 'jo');
  const result = await attempt();
  await vi.waitFor(async () => expect(await spooled()).toEqual([]), 10_000);
  expect(await contactRuns()).toBe(runsBefore);
  expect(await contactsOf(server, 'jo')).toEqual(contactsBefore);
  expect((await postFile(server, header + row)).body).toEqual(applied);
  return result;
}

const headOf = (contentLength: number) =>
  postHead({
    Authorization: adminAuthorization,
    'Content-Type': 'multipart/form-data; boundary=b',
    'Content-Length': contentLength,
  });

async function openSocket(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => {});
  return socket;
}

describe('beyond the limit', () => {
  test('I2 a file of just the limit is taken, one byte more is 400 and nothing of it is kept', async () => {
    const file = header + row;
    const full = file + '\n'.repeat(fileBytesMax - file.length);
    expect((await postFile(server, full)).body).toEqual(applied);
    const answer = await expectNoTraceOf(() => postFile(server, `${full}\n`));
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      success: false,
      summary: `The file is larger than the ${fileBytesMax} bytes allowed here. Nothing was imported.`,
    });
  });

  test('I2 a client that sends far too much to its end still reads why', async () => {
    const part = multipartBody([filePart(Buffer.alloc(20 * 1024 * 1024, 'x'))], 'b');
    const answer = await expectNoTraceOf(() =>
      rawRequest(server.port, [headOf(part.length), part], { readToLast: true }),
    );
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      success: false,
      summary: expect.stringContaining('larger'),
    });
  });

  test('I2 a form of more than 100 parts', async () => {
    const field = { headers: ['Content-Disposition: form-data; name="x"'], body: 'y' };
    const parts = [...Array.from({ length: 101 }, () => field), filePart(header + row)];
    const answer = await expectNoTraceOf(() => postForm(server, parts));
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ success: false, summary: 'The form has more than 100 parts.' });
  });

  test('I2 part headers beyond any length', async () => {
    const parts = [
      { headers: [`Content-Disposition: form-data; name="${'n'.repeat(500_000)}"; filename="x"`], body: row },
    ];
    const answer = await expectNoTraceOf(() => postForm(server, parts));
    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });
});

describe('bodies that do not end', () => {
  const whole = multipartBody([filePart(header + row.repeat(2000))], 'b');

  test('I2 a connection that breaks inside the file leaves nothing', async () => {
    await expectNoTraceOf(async () => {
      const socket = await openSocket();
      socket.write(headOf(whole.length));
      socket.write(whole.subarray(0, whole.length - 5000));
      await vi.waitFor(async () => expect(await spooled()).toHaveLength(1), 10_000);
      socket.destroy();
    });
  });

  test.each([0, 1, 3, 20, 60, 110, 130, 200])(
    'I2 a connection that breaks after %i bytes of the body',
    async (bytes) => {
      await expectNoTraceOf(async () => {
        const socket = await openSocket();
        socket.write(headOf(whole.length) + whole.subarray(0, bytes).toString('latin1'), () =>
          socket.destroy(),
        );
        await once(socket, 'close');
        expect(socket.bytesRead).toBe(0);
      });
    },
  );

  test('I2 an end of the request inside a part is 400', async () => {
    for (const kept of [3, 30, 100, 150, 5000, whole.length - 12, whole.length - 6]) {
      const answer = await expectNoTraceOf(() =>
        postForm(server, whole.subarray(0, kept), { boundary: 'b' }),
      );
      expect([kept, answer.status]).toEqual([kept, 400]);
      expect(answer.body.success).toBe(false);
    }
  });

  test('I2 a boundary that never comes is 400', async () => {
    const answer = await expectNoTraceOf(() => postForm(server, whole, { boundary: 'another' }));
    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });

  test('I2 a large body in which the boundary never comes is 400', async () => {
    const body = Buffer.alloc(30 * 1024 * 1024, '\r\n--');
    const answer = await expectNoTraceOf(() => postForm(server, body, { boundary: 'b' }));
    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
  });

  test('I2 a sender that falls silent is told and given up', async () => {
    const socket = await openSocket();
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await expectNoTraceOf(async () => {
      socket.write(headOf(whole.length));
      socket.write(whole.subarray(0, 5000));
      await vi.waitFor(() => expect(said).toContain('"success":false'), 10_000);
    });
    expect(said).toMatch(/^HTTP\/1\.1 400 /);
    expect(said).toContain('so the upload was given up. Nothing was imported.');
    socket.destroy();
  });
});

test('a bare body beyond the limit of the management API is answered as well', async () => {
  const response = await fetch(`${server.url}/api/v1/imports?kind=contacts`, {
    method: 'POST',
    headers: { authorization: adminAuthorization, 'content-type': 'text/csv' },
    body: 'x'.repeat(fileBytesMax + 1),
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: 'too-large' });
  expect(await spooled()).toEqual([]);
});
