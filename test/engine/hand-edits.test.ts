import { expect, test, vi } from 'vitest';
import { contactAddition, contactChange, contactRemoval } from '../../src/directory/edit-contacts.ts';
import { editByHand, type HandEdit } from '../../src/directory/hand-edits.ts';
import { newPatron, patronChange } from '../../src/directory/save-patron.ts';
import { MusterError } from '../../src/domain/errors.ts';
import { openEngine, type TestEngine } from '../support/engine.ts';
import { randomFrom } from '../support/random.ts';
import { upTo } from '../support/records.ts';

type Edit = HandEdit<unknown>;

/** What becomes of edits by different people, each sent by itself: after the answer to the one before, or all at once. */
async function outcomesOf(engine: TestEngine, edits: readonly Edit[], atOnce: boolean): Promise<unknown[]> {
  const send = (edit: Edit, index: number) => {
    const actor = { name: `person-${index % 3}`, channel: 'api' } as const;
    return editByHand(engine.store, edit, { actor, clock: engine.clock }).then(shown, (error: unknown) => {
      if (!(error instanceof MusterError)) throw error;
      return error.code;
    });
  };
  if (atOnce) return Promise.all(edits.map(send));
  const outcomes: unknown[] = [];
  for (const [index, edit] of edits.entries()) outcomes.push(await send(edit, index));
  return outcomes;
}

/** Without ids, which new patrons and contacts may get in another order. */
function shown(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (name, member: unknown) =>
      /^(?:id|patronId)$/.test(name) ? undefined : member,
    ),
  );
}

/** All that stands, with the journal of each patron. */
async function everything({ store: { read } }: TestEngine): Promise<unknown> {
  const patrons = await read.patrons.listAfter(0, 1000);
  const all = await Promise.all(
    patrons.map(async (patron) => ({
      patron: shown(patron),
      contacts: shown(await read.contacts.listByPatron(patron.id)),
      changes: shown(await read.changes.listByPatron(patron.id, 1, 1000)),
      found: (await read.patrons.search({ q: patron.room || '-', page: 1, pageSize: 1000 })).items.some(
        ({ id }) => id === patron.id,
      ),
    })),
  );
  return all.map((one) => JSON.stringify(one)).sort();
}

async function withPatrons(): Promise<TestEngine> {
  const engine = await openEngine();
  const edits = upTo(6).map((n) => newPatron({ username: `u${n}`, barcode: `b${n}`, email: `p${n}@x` }));
  await outcomesOf(engine, edits, false);
  return engine;
}

/** Edits of a few patrons, who are named by whatever some of them have or get, so that many bear on one another. */
function randomEdits(seed: number): Edit[] {
  const random = randomFrom(seed);
  const below = (count: number) => Math.floor(random() * count);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const key = () => `${pick(['u', 'b', 'e'])}${1 + below(8)}`;
  const who = () =>
    pick([
      () => key(),
      () => `barcode:${key()}`,
      () => `username:${key()}`,
      () => String(1 + below(6)),
      () => `id:${1 + below(6)}`,
    ])();
  const kinds: readonly (() => Edit)[] = [
    () => patronChange(who(), { room: `R${below(99)}` }),
    () => patronChange(who(), { barcode: key(), surname: key() }),
    () => patronChange(who(), { username: key(), externalid: pick(['', key()]) }),
    () => patronChange(who(), { email: pick(['', `${key()}@x`, 'none@']) }),
    () => newPatron({ username: key(), room: 'new', email: `${key()}@y` }),
    () => newPatron({ surname: 'nobody' }),
    () => contactAddition(who(), { type: 'EMAIL', contact: `${key()}@z`, primary: below(2) === 0 }),
    () => contactChange(who(), 1 + below(6), { contact: `${key()}@w` }),
    () => contactRemoval(who(), 1 + below(6)),
  ];
  return upTo(60).map(() => pick(kinds)());
}

test.each(upTo(6))(
  'S9 edits by hand that come at once (%i) come out as if each had been sent after the answer to the one before',
  async (seed) => {
    await using one = await withPatrons();
    await using other = await withPatrons();
    const inTurn = await outcomesOf(one, randomEdits(seed), false);
    const transact = vi.spyOn(other.store, 'transact');
    expect(await outcomesOf(other, randomEdits(seed), true)).toEqual(inTurn);
    expect(transact).toHaveBeenCalledOnce();
    expect(await everything(other)).toEqual(await everything(one));
    // Worth comparing: some were refused, some were not.
    expect(new Set(inTurn.map((outcome) => typeof outcome))).toEqual(new Set(['string', 'object']));
  },
);

test('what one of them is refused for keeps none of the others, and writes nothing', async () => {
  await using engine = await withPatrons();
  const edits = [
    patronChange('u1', { room: 'R1' }),
    patronChange('u2', { room: 'R2', barcode: 'b3' }),
    patronChange('nobody', { room: 'R3' }),
    patronChange('u4', { room: 'R4', email: 'hopeless' }),
    patronChange('u5', { room: 'R5' }),
  ];
  const stamp = await engine.store.read.changes.stamp();
  const outcomes = await outcomesOf(engine, edits, true);
  expect(outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : 'done'))).toEqual([
    'done',
    'conflict',
    'not-found',
    'bad-request',
    'done',
  ]);
  const rooms = (await engine.store.read.patrons.listAfter(0, 9)).map(({ room }) => room);
  expect(rooms).toEqual(['R1', '', '', '', 'R5', '']);
  expect(await engine.store.read.changes.stamp()).toBe(stamp + 2);
});
