import { readdir } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { contactsOf } from '../../support/contacts-of.ts';
import { filePart, multipartBody, type FormPart } from '../../support/multipart.ts';
import { postFile, postForm } from '../../support/post-form.ts';
import { postHead, rawRequest } from '../../support/raw-http.ts';
import {
  adminAuthorization,
  keepCustomMode,
  postContacts,
  replaceMode,
  seedUsernames,
  startServer,
} from '../../support/server.ts';

const server = await startServer();
afterAll(() => server.close());

let patrons = 0;
/** A patron nobody else has, and a file that gives it one e-mail. */
async function aPatron() {
  const username = `patron${++patrons}`;
  await seedUsernames(server, username);
  return {
    username,
    file: `username,type,contact\n${username},EMAIL,${username}@example.com\n`,
    contacts: [{ type: 'EMAIL', contact: `${username}@example.com`, primary: true }],
  };
}

const applied = (n: number) => ({
  success: true,
  summary: `Contacts for ${n} patrons updated successfully.`,
});
const path = (mode: string) => `/api/import/userContacts/${mode}`;

describe('the address', () => {
  test.each([
    ['a wrong case', 'replacedeclaredpatrons'],
    ['another wrong case', 'ReplaceDeclaredPatrons'],
    ['a mode of the interactive import', 'addOrUpdate'],
    ['another one', 'replaceAllPatrons'],
    ['a slash behind the mode', `${replaceMode}/`],
    ['more path', `${replaceMode}/now`],
    ['no mode', ''],
    ['a mode beyond any length', 'x'.repeat(2000)],
    ['a mode with other script', encodeURIComponent('импорт')],
  ])('I2 %s is 404 and names the two modes', async (_what, mode) => {
    const { username, file } = await aPatron();
    const answer = await postFile(server, file, { path: path(mode) });
    expect(answer.status).toBe(404);
    expect(answer.body.success).toBe(false);
    expect(answer.body.summary).toContain(replaceMode);
    expect(answer.body.summary).toContain(keepCustomMode);
    expect(await contactsOf(server, username)).toEqual([]);
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('I2 %s is 405', async (method) => {
    const head = postHead(
      { Authorization: adminAuthorization, 'Content-Length': 0 },
      path(replaceMode),
    ).replace('POST', method);
    const answer = await rawRequest(server.port, head);
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('POST');
    expect(JSON.parse(answer.body)).toEqual({
      success: false,
      summary: `Send the file with POST, not ${method}.`,
    });
  });

  test('I2 a query changes nothing', async () => {
    const { username, file, contacts } = await aPatron();
    const answer = await postFile(server, file, { path: `${path(replaceMode)}?now=1` });
    expect(answer.body).toEqual(applied(1));
    expect(await contactsOf(server, username)).toEqual(contacts);
  });

  test('I2 two Host headers are refused, whichever tenant they name', async () => {
    const body = multipartBody([filePart('')], 'b');
    const head = postHead({
      Authorization: adminAuthorization,
      'Content-Type': 'multipart/form-data; boundary=b',
      'Content-Length': body.length,
    }).replace('\r\n', '\r\nHost: other.example\r\n');
    const answer = await rawRequest(server.port, Buffer.concat([Buffer.from(head), body]));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({
      success: false,
      summary: 'The request has more than one Host header.',
    });
  });

  test('I2 a target that names a host itself is refused', async () => {
    const { username, file } = await aPatron();
    const answer = await postFile(server, file, { path: `http://other.example${path(replaceMode)}` });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ success: false, summary: 'The request target must be a path.' });
    expect(await contactsOf(server, username)).toEqual([]);
  });
});

/** Bodies as clients shape them; `FILE` stands for the file. */
const shapes: readonly [string, { type?: string; boundary?: string; lines: readonly string[] }][] = [
  [
    'curl',
    {
      lines: [
        'Content-Disposition: form-data; name="file"; filename="contacts.csv"',
        'Content-Type: text/csv',
      ],
    },
  ],
  [
    'a browser',
    {
      boundary: '----WebKitFormBoundaryAbCdEf0123456789',
      lines: [
        'Content-Disposition: form-data; name="upload"; filename="kontakte für heute.csv"',
        'Content-Type: application/vnd.ms-excel',
      ],
    },
  ],
  [
    '.NET, with nothing quoted but the boundary',
    {
      type: 'multipart/form-data; boundary="6f1f2f0a-4a53-4f7e-93d2-8f3f7a0a1c11"',
      boundary: '6f1f2f0a-4a53-4f7e-93d2-8f3f7a0a1c11',
      lines: [
        "Content-Disposition: form-data; name=file; filename=contacts.csv; filename*=utf-8''contacts.csv",
      ],
    },
  ],
  [
    'PowerShell 7, headers in its order',
    {
      type: 'multipart/form-data; boundary="0f3b9b2e-55a7-4d35-9f6a-2a5c1f9d7b10"',
      boundary: '0f3b9b2e-55a7-4d35-9f6a-2a5c1f9d7b10',
      lines: [
        'Content-Type: application/octet-stream',
        "Content-Disposition: form-data; name=file; filename=contacts.csv; filename*=utf-8''contacts.csv",
      ],
    },
  ],
  [
    'a client that knows the extended file name only',
    {
      lines: [
        'Content-Disposition: form-data; name="file"; filename*=utf-8\'\'kontakte%20f%C3%BCr%20heute.csv',
      ],
    },
  ],
  [
    'no part content type',
    { lines: ['Content-Disposition: form-data; name="file"; filename="contacts.csv"'] },
  ],
  [
    'a part with neither name nor file name',
    { lines: ['Content-Disposition: form-data', 'Content-Type: text/csv'] },
  ],
  [
    'a path of another system as file name',
    {
      lines: [
        String.raw`Content-Disposition: form-data; name="file"; filename="C:\Users\it\..\..\contacts.csv"`,
        'Content-Type: text/csv',
      ],
    },
  ],
  [
    'other case in header names and values',
    {
      type: 'Multipart/Form-Data; BOUNDARY=AbC',
      boundary: 'AbC',
      lines: [
        'content-disposition: Form-Data; Name="file"; FileName="contacts.csv"',
        'content-type: TEXT/CSV',
      ],
    },
  ],
  [
    'a charset beside the boundary',
    {
      type: 'multipart/form-data; charset=utf-8; boundary=abc',
      boundary: 'abc',
      lines: [
        'Content-Disposition: form-data; name="file"; filename="contacts.csv"',
        'Content-Type: text/plain',
      ],
    },
  ],
];

describe('the form', () => {
  test.each(shapes)('I3 shaped as by %s', async (_what, { type, boundary = 'plain', lines }) => {
    const { username, file, contacts } = await aPatron();
    const parts: FormPart[] = [{ headers: lines, body: file }];
    const answer = await postForm(server, parts, { boundary, ...(type ? { contentType: type } : {}) });
    expect(answer.body).toEqual(applied(1));
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(await contactsOf(server, username)).toEqual(contacts);
  });

  const field = (name: string, body: string): FormPart => ({
    headers: [`Content-Disposition: form-data; name="${name}"`],
    body,
  });

  test('I3 fields before the file are ignored', async () => {
    const { username, file, contacts } = await aPatron();
    const fields = [field('token', 'abc'), field('file', 'no file'), field('long', 'x'.repeat(300_000))];
    expect((await postForm(server, [...fields, filePart(file), field('last', '')])).body).toEqual(applied(1));
    expect(await contactsOf(server, username)).toEqual(contacts);
  });

  test('I3 of two files the first is taken', async () => {
    const first = await aPatron();
    const second = await aPatron();
    const answer = await postForm(server, [filePart(first.file), filePart(second.file)]);
    expect(answer.body).toEqual(applied(1));
    expect(await contactsOf(server, first.username)).toEqual(first.contacts);
    expect(await contactsOf(server, second.username)).toEqual([]);
  });

  test('I3 an empty file with a name is the file, whatever follows', async () => {
    const { username, file } = await aPatron();
    expect((await postForm(server, [filePart(''), filePart(file)])).body).toEqual(applied(0));
    expect(await contactsOf(server, username)).toEqual([]);
  });

  const nothingChosen: FormPart = {
    headers: [
      'Content-Disposition: form-data; name="file"; filename=""',
      'Content-Type: application/octet-stream',
    ],
    body: '',
  };

  test('I3 what a browser sends for no chosen file is no file', async () => {
    const answer = await postForm(server, [nothingChosen]);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      success: false,
      summary: 'The form has no file part. Send the CSV as a file, e.g. curl -F "file=@contacts.csv".',
    });
    const { username, file, contacts } = await aPatron();
    expect((await postForm(server, [nothingChosen, filePart(file)])).body).toEqual(applied(1));
    expect(await contactsOf(server, username)).toEqual(contacts);
    expect(await readdir(server.context.spoolDir)).toEqual([]);
  });

  test('I3 a preamble and an epilogue around the parts are no part', async () => {
    const { username, file, contacts } = await aPatron();
    const body = Buffer.concat([
      Buffer.from('This is a form.\r\n'),
      multipartBody([filePart(file)], 'b'),
      Buffer.from('\r\nThe end.\r\n'),
    ]);
    expect((await postForm(server, body, { boundary: 'b' })).body).toEqual(applied(1));
    expect(await contactsOf(server, username)).toEqual(contacts);
  });

  test('I3 a body that waits for 100 Continue', async () => {
    const { username, file, contacts } = await aPatron();
    const answer = await postFile(server, file, { headers: { Expect: '100-continue' } });
    expect(answer.body).toEqual(applied(1));
    expect(await contactsOf(server, username)).toEqual(contacts);
  });

  test('I3 a chunked body, cut at awkward places', async () => {
    const { username, file, contacts } = await aPatron();
    const body = multipartBody([filePart(file)], 'cut-me');
    function* pieces() {
      yield postHead({
        Authorization: adminAuthorization,
        'Content-Type': 'multipart/form-data; boundary=cut-me',
        'Transfer-Encoding': 'chunked',
      });
      for (let at = 0; at < body.length; at += 7) {
        const chunk = body.subarray(at, at + 7);
        yield Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
      }
      yield '0\r\n\r\n';
    }
    const answer = await rawRequest(server.port, pieces());
    expect(JSON.parse(answer.body)).toEqual(applied(1));
    expect(await contactsOf(server, username)).toEqual(contacts);
  });

  const multipartWanted = 'Send the file as multipart/form-data, e.g. curl -F "file=@contacts.csv".';
  test.each([
    ['text/csv', multipartWanted],
    ['application/x-www-form-urlencoded', multipartWanted],
    ['multipart/mixed; boundary=b', multipartWanted],
    ['multipart/form-data', multipartWanted],
    ['garbage', multipartWanted],
    ['', multipartWanted],
  ])('I2 a body of type “%s” is 400', async (contentType, summary) => {
    const { username, file } = await aPatron();
    const answer = await postFile(server, file, { boundary: 'b', contentType });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ success: false, summary });
    expect(await contactsOf(server, username)).toEqual([]);
  });

  test('I2 a form without any part, or with fields alone, is 400', async () => {
    const summary = 'The form has no file part. Send the CSV as a file, e.g. curl -F "file=@contacts.csv".';
    for (const parts of [[], [field('file', 'username,type,contact\n')]]) {
      const answer = await postForm(server, parts);
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({ success: false, summary });
    }
  });

  test('I2 a compressed body is 400 and says what to leave out', async () => {
    const answer = await postFile(server, 'x', { headers: { 'Content-Encoding': 'gzip' } });
    expect(answer.status).toBe(400);
    expect(answer.body.success).toBe(false);
    expect(answer.body.summary).toContain('gzip');
  });
});

describe('the file that says nothing', () => {
  test.each([
    ['no byte', ''],
    ['a byte order mark alone', '\uFEFF'],
    ['a line end alone', '\r\n'],
    ['blank lines', '\n\n\r\n'],
    ['a header alone', 'username,type,contact'],
    ['a header and a line end', 'username,type,contact\r\n'],
    ['a header and blank lines', 'username,type,contact\n\n\n'],
  ])('I4 %s succeeds with 0 patrons', async (_what, csv) => {
    const answer = await postContacts(server, csv);
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"success":true,"summary":"Contacts for 0 patrons updated successfully."}');
  });
});

test('an error leaves the connection good for the next request', async () => {
  const { username, file, contacts } = await aPatron();
  const bad = multipartBody([], 'b');
  const good = multipartBody([filePart(file)], 'b');
  const head = (body: Buffer, last: boolean) =>
    Buffer.from(
      postHead({
        Authorization: adminAuthorization,
        'Content-Type': 'multipart/form-data; boundary=b',
        'Content-Length': body.length,
        ...(last ? { Connection: 'close' } : {}),
      }),
    );
  const both = Buffer.concat([head(bad, false), bad, head(good, true), good]);
  const answer = await rawRequest(server.port, both, { skipAnswers: 1 });
  expect(JSON.parse(answer.body)).toEqual(applied(1));
  expect(await contactsOf(server, username)).toEqual(contacts);
});
