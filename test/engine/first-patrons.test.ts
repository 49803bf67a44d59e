import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyFields, type KeyField } from '../../src/domain/patron/patron.ts';
import { openEngine, type EngineTuning } from '../support/engine.ts';
import { pictureOf } from '../support/random-past.ts';
import { randomRuns } from '../support/random-runs.ts';

type Row = Readonly<Record<KeyField, string>>;

const number = (max: number) => fc.integer({ min: 0, max });
/** Keys that often meet, in either case; each row has its own in the key column. */
const anyRows = fc.array(
  fc.record({ others: fc.tuple(number(12), number(12)), blank: number(5), capital: fc.boolean() }),
  { minLength: 1, maxLength: 14 },
);

function rowsFor(
  key: KeyField,
  drawn: readonly { others: [number, number]; blank: number; capital: boolean }[],
) {
  const [one, two] = keyFields.filter((field) => field !== key) as [KeyField, KeyField];
  return drawn.map(({ others, blank, capital }, index): Row => {
    const text = (nth: number) => `${capital ? 'K' : 'k'}${nth}`;
    return {
      [key]: `own${index}`,
      [one]: blank === 1 ? '' : text(others[0]),
      [two]: blank === 2 ? '' : text(others[1]),
    } as Row;
  });
}

/** The keys of a row that one of the others has, and whose they are, as a report says it. */
function clashesOf(row: Row, others: readonly Row[]): string[] {
  return keyFields.flatMap((field) => {
    const same = (other: Row) => other[field].toLowerCase() === row[field].toLowerCase();
    const holder = row[field] === '' ? undefined : others.find(same);
    const by = keyFields.find((name) => holder !== undefined && holder[name] !== '');
    return by === undefined ? [] : `key-clash ${field} ${by} ${holder?.[by]}`;
  });
}

/** S4 in its plainest form: each row in turn, against those before it that were not refused. */
function judged(rows: readonly Row[]) {
  const accepted: Row[] = [];
  for (const row of rows) if (clashesOf(row, accepted).length === 0) accepted.push(row);
  // Each is told of all that it clashes with in the end.
  const refused = rows.flatMap((row, index) =>
    accepted.includes(row) ? [] : clashesOf(row, accepted).map((clash) => `${index + 2} ${clash}`),
  );
  return { accepted, refused };
}

/** Plan kept, and plan made again while it is written; in small batches and at once. */
const ways: readonly EngineTuning[] = [
  { subjectsPerBatch: 1 },
  { subjectsPerBatch: 1, plannedRecordsMax: -1 },
  { subjectsPerBatch: 4, plannedRecordsMax: -1 },
  { plannedRecordsMax: -1 },
];

test('S4 where nobody is stored yet, of rows that want one key the first that is not refused gets it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...keyFields),
      anyRows,
      fc.constantFrom(...ways),
      async (key, drawn, tuning) => {
        const rows = rowsFor(key, drawn);
        const { accepted, refused } = judged(rows);
        await using engine = await openEngine();
        const csv = [keyFields, ...rows.map((row) => keyFields.map((field) => row[field]))];
        const run = await engine.importCsv(
          `${csv.map((cells) => cells.join(',')).join('\n')}\n`,
          { kind: 'patrons', options: { key } },
          tuning,
        );
        expect(run.counts.created).toBe(accepted.length);
        const stored = await pictureOf(engine.store.read);
        expect(stored.map((patron) => patron[key]).sort()).toEqual(accepted.map((row) => row[key]).sort());
        const { items } = await engine.store.read.runRows.list(run.id, {
          outcome: 'failed',
          page: 1,
          pageSize: 100,
        });
        expect(
          items.map(({ row, note }) => `${row} ${note?.code} ${note?.column} ${note?.suggestion}`),
        ).toEqual(refused);
      },
    ),
    randomRuns(40),
  );
});
