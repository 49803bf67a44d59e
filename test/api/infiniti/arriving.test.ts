import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, expect, test, vi } from 'vitest';
import { contactsOf } from '../../support/contacts-of.ts';
import { filePart, multipartBody } from '../../support/multipart.ts';
import { postFile } from '../../support/post-form.ts';
import { postHead } from '../../support/raw-http.ts';
import { adminAuthorization, seedUsernames, startServer } from '../../support/server.ts';

const server = await startServer();
afterAll(() => server.close());
const names = Array.from({ length: 300 }, (_, index) => `p${index}`);
await seedUsernames(server, ...names);

/** Large enough to be scanned while it arrives, by a column that nobody reads. */
function largeFile(host: string): Buffer {
  const rows = names.map((name) => `${name},EMAIL,${name}@${host},${'x'.repeat(40_000)}`);
  return Buffer.from(['username,type,contact,remark', ...rows, ''].join('\n'));
}

const spooled = () => readdir(server.context.spoolDir);
const applied = { success: true, summary: 'Contacts for 300 patrons updated successfully.' };

test('I3 S6 a large file is applied the same whether it is UTF-8 to its end or not', async () => {
  const plain = largeFile('one.example');
  expect((await postFile(server, plain)).body).toEqual(applied);
  const accented = Buffer.concat([largeFile('two.example'), Buffer.from('p7,PHONE,555,\xe9\n', 'latin1')]);
  expect((await postFile(server, accented)).body).toMatchObject({ success: true });
  expect(await contactsOf(server, 'p7')).toEqual([
    { type: 'EMAIL', contact: 'p7@two.example', primary: true },
    { type: 'PHONE', contact: '555' },
  ]);
  expect(await spooled()).toEqual([]);
});

test('I2 a large upload that is broken off, scanned as it was so far, leaves nothing and changes nothing', async () => {
  expect((await postFile(server, largeFile('three.example'))).body).toEqual(applied);
  const body = multipartBody([filePart(largeFile('four.example'))], 'b');
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(
    postHead({
      Authorization: adminAuthorization,
      'Content-Type': 'multipart/form-data; boundary=b',
      'Content-Length': body.length,
    }),
  );
  if (!socket.write(body.subarray(0, 9_000_000))) await once(socket, 'drain');
  await vi.waitFor(async () => expect(await spooled()).not.toEqual([]), 10_000);
  socket.destroy();
  await vi.waitFor(async () => expect(await spooled()).toEqual([]), 10_000);
  expect(await contactsOf(server, 'p7')).toEqual([
    { type: 'EMAIL', contact: 'p7@three.example', primary: true },
  ]);
  expect((await postFile(server, largeFile('four.example'))).body).toEqual(applied);
  expect(await contactsOf(server, 'p7')).toEqual([
    { type: 'EMAIL', contact: 'p7@four.example', primary: true },
  ]);
});
