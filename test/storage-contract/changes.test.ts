import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/ports/changes.ts';
import { engines, instant } from '../support/engines.ts';
import { byHand, insertContacts, insertPatrons, newContact, newPatron, upTo } from '../support/records.ts';

const actor = { name: 'anna', channel: 'api' } as const;
const { patronId: _, ...contact } = newContact(1, 1);

function change(patronId: number, more: Partial<Change> = {}): Change {
  const after = newPatron(patronId);
  return {
    runId: null,
    at: instant,
    actor,
    patronId,
    subject: { entity: 'patron', action: 'created', after },
    ...more,
  };
}

describe.each(engines)('the journal on $name', ({ open }) => {
  test('every kind of entry is given back as it was written, newest first for a patron', async () => {
    await using opened = await open();
    const before = newPatron(1);
    const after = newPatron(1, { surname: 'Żak "1"', status: 'INACTIVE' });
    const written: Change[] = [
      change(1),
      change(1, { runId: 4, at: 7, subject: { entity: 'patron', action: 'updated', before, after } }),
      change(1, { subject: { entity: 'patron', action: 'inactivated', before, after } }),
      change(1, { subject: { entity: 'patron', action: 'removed', before: { ...before, ...byHand } } }),
      change(1, { subject: { entity: 'contact', action: 'created', after: contact } }),
      change(1, { subject: { entity: 'contact', action: 'updated', before: contact, after: contact } }),
      change(1, { subject: { entity: 'contact', action: 'removed', before: { ...contact, ...byHand } } }),
    ];
    await opened.main.transact((tx) => tx.changes.append(written));
    const stored = written.map((one, index) => ({ ...one, id: index + 1 }));
    const { changes } = opened.main.read;
    expect(await changes.mapByPatron([1, 2])).toEqual(new Map([[1, stored]]));
    expect(await changes.listByPatron(1, 1, 5)).toEqual(stored.toReversed().slice(0, 5));
    expect(await changes.listByPatron(1, 2, 5)).toEqual(stored.toReversed().slice(5));
    expect(await changes.listByPatron(2, 1, 5)).toEqual([]);
    expect(await opened.other.read.changes.listByPatron(1, 1, 5)).toEqual([]);
  });

  test.each([0, 1, 24, 25, 26, 1000])('%i entries at once', async (count) => {
    await using opened = await open();
    await opened.main.transact((tx) => tx.changes.append(upTo(count).map((id) => change(id))));
    const byPatron = await opened.main.read.changes.mapByPatron(upTo(count));
    expect([...byPatron.keys()]).toEqual(upTo(count));
  });

  test('the stamp grows with every entry, also with one that is taken out, and not by rolling back', async () => {
    await using opened = await open();
    const { changes } = opened.main.read;
    const stamps = [await changes.stamp()];
    await opened.main.transact((tx) => tx.changes.append([change(1), change(1)]));
    stamps.push(await changes.stamp());
    await opened.main.transact((tx) => tx.changes.removeByPatron(1));
    stamps.push(await changes.stamp());
    expect(stamps).toEqual([...new Set(stamps)].toSorted((a, b) => a - b));
    await expect(
      opened.main.transact(async (tx) => {
        await tx.changes.append([change(1)]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await changes.stamp()).toBe(stamps.at(-1));
    expect(await opened.other.read.changes.stamp()).toBe(stamps[0]);
  });

  test('the patrons of a run: those it made, made contacts of, or has an entry for; each once, in pieces', async () => {
    await using opened = await open();
    const run = { createdRun: 8, createdAt: instant };
    await insertPatrons(opened.main, [newPatron(1), newPatron(2), newPatron(3)]);
    await insertPatrons(opened.main, [newPatron(4), newPatron(5)], run);
    await insertContacts(opened.main, [newContact(1, 2), newContact(2, 3)]);
    await insertContacts(opened.main, [newContact(3, 3), newContact(4, 4)], run);
    await opened.main.transact((tx) =>
      tx.changes.append([change(1, { runId: 8 }), change(1, { runId: 8 }), change(2, { runId: 9 })]),
    );
    const { changes } = opened.main.read;
    expect(await changes.listPatronsOfRun(8, 0, 10)).toEqual([1, 3, 4, 5]);
    expect(await changes.listPatronsOfRun(8, 0, 2)).toEqual([1, 3]);
    expect(await changes.listPatronsOfRun(8, 3, 2)).toEqual([4, 5]);
    expect(await changes.listPatronsOfRun(9, 0, 10)).toEqual([2]);
    expect(await opened.other.read.changes.listPatronsOfRun(8, 0, 10)).toEqual([]);
  });

  test('a patron can be taken out, and the old purged a piece at a time', async () => {
    await using opened = await open();
    await opened.main.transact((tx) =>
      tx.changes.append([
        change(1, { at: 1 }),
        change(2, { at: 2 }),
        change(1, { at: 3 }),
        change(2, { at: 4 }),
      ]),
    );
    await opened.other.transact((tx) => tx.changes.append([change(1, { at: 1 })]));
    expect(await opened.main.transact((tx) => tx.changes.purgeBefore(4, 2))).toBe(2);
    expect(await opened.main.transact((tx) => tx.changes.purgeBefore(4, 2))).toBe(1);
    expect(await opened.main.transact((tx) => tx.changes.purgeBefore(4, 2))).toBe(0);
    expect(await opened.main.read.changes.mapByPatron([1])).toEqual(new Map());
    await opened.main.transact((tx) => tx.changes.removeByPatron(2));
    expect(await opened.main.read.changes.mapByPatron([1, 2])).toEqual(new Map());
    expect(await opened.other.read.changes.listByPatron(1, 1, 5)).toHaveLength(1);
  });
});
