import { expect, test } from 'vitest';
import { asked } from '../support/asked.ts';
import { engines } from '../support/engines.ts';
import { asAdmin, asSuperuser } from '../support/postgres-databases.ts';
import { insertPatrons, newPatron } from '../support/records.ts';

test('usernames are listed in the order of ids, though the server finds them by their own index', async () => {
  await using opened = await engines[0]!.open();
  const usernames = ['d', 'a', 'c', 'b'];
  await insertPatrons(
    opened.main,
    usernames.map((username, index) => newPatron(index + 1, { username })),
  );
  const statements = await asked(() => opened.main.read.patrons.walkUsernames(() => undefined));
  const { text, values } = statements.find((statement) => statement.text.includes('username_key'))!;
  await asAdmin(async (client) => {
    // So that no other way is left. Nothing of this is committed.
    await client.query('begin; alter table patron drop constraint patron_pkey cascade');
    await client.query('set local enable_seqscan = off; set local enable_bitmapscan = off');
    const { rows } = await client.query<{ keys: string }>(text, values);
    expect(JSON.parse(rows[0]!.keys)).toEqual(usernames);
    await client.query('rollback');
  }, asSuperuser(opened.place.databaseUrl!));
});
