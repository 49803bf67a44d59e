import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { addByHand } from '../../support/by-hand.ts';
import { contactsOf } from '../../support/contacts-of.ts';
import { filePart } from '../../support/multipart.ts';
import { postForm } from '../../support/post-form.ts';
import {
  addAccount,
  basic,
  keepCustomMode,
  replaceMode,
  seedPatrons,
  seedUsernames,
  startServer,
} from '../../support/server.ts';

const server = await startServer();
afterAll(() => server.close());
await addAccount(server, 'autoimport', 'secret', ['administer']);

/** A school's file as the vendor documents it: blanks around cells, PHOME for PHONE, blank lines between. */
const sample = `username,type,role,primary,addressee,contact,scenarios

asmith1,EMAIL,PATRON,TRUE,,asmith1@school.example,ANY

asmith1,EMAIL,GUARDIAN,FALSE,Ann Smith,ann.smith@home.example,OVERDUE_ESCALATION_ONE;OVERDUE_ESCALATION_TWO

bjones,EMAIL,PATRON,TRUE,,bjones@school.example, ANY

bjones,PHOME,PATRON,TRUE,,01 2345 6789,ANY
`;
const expected = {
  asmith1: [
    { type: 'EMAIL', contact: 'asmith1@school.example', primary: true },
    {
      type: 'EMAIL',
      role: 'GUARDIAN',
      addressee: 'Ann Smith',
      contact: 'ann.smith@home.example',
      scenarios: 'OVERDUE_ESCALATION_ONE;OVERDUE_ESCALATION_TWO',
    },
  ],
  bjones: [
    { type: 'EMAIL', contact: 'bjones@school.example', primary: true },
    { type: 'PHONE', contact: '01 2345 6789', primary: true },
  ],
};

/** Whether this machine has the program that the vendor's page names. */
const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** The line of the vendor's page with the school's own names in it; on a machine without curl, its bytes. */
async function postAsCurl(csv: string, mode: string): Promise<unknown> {
  const path = `/api/import/userContacts/${mode}`;
  if (!hasCurl) {
    const headers = { Authorization: basic('autoimport', 'secret'), Expect: '100-continue' };
    return (await postForm(server, [filePart(csv)], { headers, path })).body;
  }
  const folder = await mkdtemp(join(tmpdir(), 'muster-curl-'));
  try {
    await writeFile(join(folder, 'contacts.csv'), csv);
    const url = `http://autoimport:secret@127.0.0.1:${server.port}${path}`;
    const line = ['-s', '-X', 'POST', '-F', 'file=@contacts.csv', url];
    const { stdout } = await promisify(execFile)('curl', line, {
      cwd: folder,
      env: { ...process.env, NO_PROXY: '*', no_proxy: '*' },
    });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.each([replaceMode, keepCustomMode])('the curl line with %s', (mode) => {
  test('I3, I5, I7 posts the sample as it stands', async () => {
    await seedPatrons(server, 'username,firstname,surname\nasmith1,Al,Smith\nbjones,Bo,Jones\n');
    for (const username of ['asmith1', 'bjones'] as const) {
      await addByHand(server, username, { type: 'SOCIAL_MEDIA', contact: `by hand in ${mode}` });
    }
    expect(await postAsCurl(sample, mode)).toEqual({
      success: true,
      summary: 'Contacts for 2 patrons updated successfully.',
    });
    for (const username of ['asmith1', 'bjones'] as const) {
      const contacts = await contactsOf(server, username);
      const imported = contacts.filter(({ origin }) => origin !== 'custom');
      expect(imported).toEqual(expected[username]);
      const byHand = contacts.filter(({ origin }) => origin === 'custom');
      expect(byHand).toHaveLength(mode === keepCustomMode ? 1 : 0);
    }
  });

  test('I4 posts an empty file', async () => {
    expect(await postAsCurl('', mode)).toEqual({
      success: true,
      summary: 'Contacts for 0 patrons updated successfully.',
    });
  });

  test('I3 posts a file that is large enough for curl to wait for 100 Continue', async () => {
    const username = `large-${mode}`;
    await seedUsernames(server, username);
    const rows = Array.from({ length: 60_000 }, (_, n) => `${username},PHONE,number ${n}`);
    expect(await postAsCurl(`username,type,contact\n${rows.join('\n')}\n`, mode)).toEqual({
      success: true,
      summary: 'Contacts for 1 patrons updated successfully.',
    });
    expect(await contactsOf(server, username)).toHaveLength(rows.length);
  });
});
