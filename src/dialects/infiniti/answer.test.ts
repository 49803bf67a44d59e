import { fastify, type FastifyError } from 'fastify';
import { expect, test } from 'vitest';
import { noCounts } from '../../domain/outcome.ts';
import type { RunRow, RunRowReader } from '../../ports/run-rows.ts';
import type { Run } from '../../ports/runs.ts';
import { answerOf } from './answer.ts';
import { refusal } from './refusals.ts';

const applied: Run = {
  id: 7,
  kind: 'contacts',
  mode: 'replaceDeclaredPatrons',
  options: {},
  channel: 'infiniti',
  sender: 'autoimport',
  dryRun: false,
  deliveryId: 1,
  undoes: null,
  state: 'applied',
  counts: noCounts(),
  subjects: 0,
  rowCount: 0,
  notes: [],
  files: [],
  summary: 'in the words of the house',
  receivedAt: 0,
  startedAt: 0,
  finishedAt: 0,
  failure: null,
  undoneBy: null,
  heldFor: [],
  consequences: null,
  approvedBy: null,
  attempt: 1,
};

/** What the dialect answers to a run with these rows, as the client gets it. */
async function answerTo(run: Partial<Run>, rows: readonly RunRow[] = []) {
  const stored = rows.map((row, index) => ({ ...row, seq: index + 1 }));
  const runRows: Pick<RunRowReader, 'listAfter'> = {
    listAfter: (_runId, after, limit, outcome) => {
      const left = stored.filter((row) => row.seq > after.seq && (!outcome || row.outcome === outcome));
      return Promise.resolve(left.slice(0, limit));
    },
  };
  await using app = fastify();
  app.setErrorHandler<FastifyError>((error, request, reply) => refusal(error, request, reply));
  app.get('/', (_request, reply) => answerOf({ ...applied, ...run }, runRows as RunRowReader, reply));
  const { statusCode, body } = await app.inject('/');
  return { status: statusCode, text: body, body: JSON.parse(body) as unknown };
}

test('I5 a held run is 200, says what waits for approval, and that nothing changed', async () => {
  const counts = { ...noCounts(), created: 3, updated: 1, removed: 420 };
  const { status, body } = await answerTo({ state: 'held', subjects: 100, counts });
  expect(status).toBe(200);
  expect(body).toEqual({
    success: false,
    summary:
      'Held for approval: contacts for 100 patrons, 3 to create, 1 to update, 420 to remove; nothing changed.',
  });
});

test('I5 a run discarded while somebody waited for it changed nothing', async () => {
  const { status, body } = await answerTo({ state: 'discarded' });
  expect(status).toBe(200);
  expect(body).toEqual({ success: false, summary: 'Discarded before it was approved; nothing changed.' });
});

test('I5 good rows count distinct patrons in the same words for one', async () => {
  expect((await answerTo({ subjects: 12 })).text).toBe(
    '{"success":true,"summary":"Contacts for 12 patrons updated successfully."}',
  );
  expect((await answerTo({ subjects: 1 })).body).toEqual({
    success: true,
    summary: 'Contacts for 1 patrons updated successfully.',
  });
});

test.each([
  ['file-refused', 400],
  ['bad-request', 400],
  ['storage-full', 507],
  ['storage-read-only', 503],
  ['storage-unavailable', 503],
  ['busy', 503],
  ['gone', 500],
  ['internal', 500],
  ['a code of another version', 500],
])('I2 a run that failed with %s is %i with its reason', async (code, status) => {
  const answer = await answerTo({ state: 'failed', failure: { code, detail: 'This is why.' } });
  expect(answer).toMatchObject({ status, body: { success: false, summary: 'This is why.' } });
});

test('I6 the notes of one row are one entry, ignored rows have none, and only errors explain a failure', async () => {
  const patronId = 1;
  const rows: RunRow[] = [
    { file: 0, row: 2, outcome: 'created', patronId, note: { code: 'type-read-as-phone', value: 'PHOME' } },
    { file: 0, row: 2, outcome: 'created', patronId, note: { code: 'nothing-removed' } },
    { file: 0, row: 3, outcome: 'ignored', patronId, note: { code: 'contact-blank' } },
    { file: 0, row: 4, outcome: 'failed', patronId, note: { code: 'username-blank' } },
    { file: 0, row: 4, outcome: 'failed', patronId, note: { code: 'type-read-as-phone', value: 'PHOME' } },
    { file: 0, row: 5, outcome: 'unchanged', patronId, note: null },
  ];
  const run = { subjects: 1, rowCount: 4, counts: { ...noCounts(), failed: 1 } };
  expect((await answerTo(run, rows)).body).toEqual({
    success: false,
    summary: 'Contacts for 1 patrons updated. 1 rows failed.',
    details: {
      2: 'created: “PHOME” was read as PHONE. Another row that is or may be of this patron failed, so nothing of this patron was removed in this run.',
      4: 'failed: The username is blank, so it is unknown whose contact this is.',
      5: 'unchanged',
    },
  });
});

test('I6 a row whose notes lie on two pages of the store is one entry', async () => {
  const before = Array.from({ length: 1999 }, (_, index): RunRow => ({
    file: 0,
    row: index + 2,
    outcome: 'created',
    patronId: 1,
    note: null,
  }));
  const split: RunRow[] = [
    { file: 0, row: 2001, outcome: 'failed', patronId: 1, note: { code: 'username-blank' } },
    { file: 0, row: 2001, outcome: 'failed', patronId: 1, note: { code: 'row-cut-off' } },
  ];
  const run = { rowCount: 2000, counts: { ...noCounts(), failed: 1 } };
  const { text, body } = await answerTo(run, [...before, ...split]);
  expect(text.match(/"2001":/g)).toHaveLength(1);
  const { details } = body as { details: Record<string, string> };
  expect(Object.keys(details)).toHaveLength(2000);
  expect(details['2001']).toMatch(/^failed: The username is blank.* The file ends inside this row/);
});
