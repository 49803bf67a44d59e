import pg from 'pg';
import { expect, test } from 'vitest';
import { engines } from '../support/engines.ts';
import { insertPatrons, newPatron, upTo } from '../support/records.ts';
import { hold, untilWaiting } from '../support/writer-turns.ts';

const [{ open }] = engines as [(typeof engines)[0]];

/** What anybody's own program may do with the database: a transaction as tenant 1, not one of Muster's. */
async function begin(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`begin; select set_config('muster.tenant_id', '1', true)`);
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

const giveContacts = (from: number, to = from) =>
  `insert into contact_list (tenant_id, patron_id, contacts, contact_count, email_count, imported_count, created_runs, own_emails)
   select 1, id, '[]', 0, 0, 0, '', '' from generate_series(${from}, ${to}) id`;
const remove = (id: number) => `delete from patron where id = ${id}`;
const noSuchPatron = /contacts of patron \d+ of tenant 1 violate the foreign key/;
const hasContacts = /removing patron \d+ of tenant 1 violates the foreign key/;

test('a patron whom somebody gives contacts meanwhile is not removed', async () => {
  await using opened = await open();
  const url = opened.place.databaseUrl!;
  await insertPatrons(opened.main, [newPatron(1)]);
  await using giving = await begin(url);
  await using removing = await begin(url);
  await giving.query(giveContacts(1));
  const removed = removing.query(remove(1));
  removed.catch(() => undefined);
  await untilWaiting(opened.place.databaseUrl!, 1);
  await giving.query('commit');
  await expect(removed).rejects.toThrow(hasContacts);
});

test('a patron whom somebody removes meanwhile is not given contacts', async () => {
  await using opened = await open();
  const url = opened.place.databaseUrl!;
  await insertPatrons(opened.main, [newPatron(1)]);
  await using giving = await begin(url);
  await using removing = await begin(url);
  await removing.query(remove(1));
  const given = giving.query(giveContacts(1));
  given.catch(() => undefined);
  await untilWaiting(opened.place.databaseUrl!, 1);
  await removing.query('commit');
  await expect(given).rejects.toThrow(noSuchPatron);
});

test('who gives contacts by a program of their own waits for the tenant’s writer', async () => {
  await using opened = await open();
  await insertPatrons(opened.main, [newPatron(1)]);
  const release = await hold(opened.main);
  await using giving = await begin(opened.place.databaseUrl!);
  const given = giving.query(giveContacts(1));
  await untilWaiting(opened.place.databaseUrl!, 1);
  await release();
  expect((await given).rowCount).toBe(1);
});

test('of many contacts in one statement the one of nobody is named, whatever the tables held when it was planned', async () => {
  await using opened = await open();
  await insertPatrons(
    opened.main,
    upTo(500).map((id) => newPatron(id)),
  );
  await using giving = await begin(opened.place.databaseUrl!);
  await giving.query(giveContacts(1));
  await giving.query('commit');
  await giving.query(`begin; select set_config('muster.tenant_id', '1', true)`);
  await expect(giving.query(giveContacts(2, 501))).rejects.toThrow(
    /contacts of patron 501 of tenant 1 violate/,
  );
  await giving.query('rollback');
  expect(await opened.main.read.contacts.count()).toBe(0);
});

test('the keys by which patrons and contacts belong together are never changed', async () => {
  await using opened = await open();
  await insertPatrons(opened.main, [newPatron(1)]);
  for (const text of [
    'update patron set id = 2',
    'update contact_list set patron_id = 2',
    'update patron set tenant_id = 2',
    'update contact_list set tenant_id = 2',
  ]) {
    await using changing = await begin(opened.place.databaseUrl!);
    await expect(changing.query(text)).rejects.toThrow(/the key of \w+ is never changed/);
  }
});
