import { expect, test } from 'vitest';
import { noCounts } from '../domain/outcome.ts';
import type { Run } from '../ports/runs.ts';
import { runSummary } from './view-run.ts';

const run: Run = {
  id: 3,
  kind: 'patrons',
  mode: 'addOrUpdate',
  options: {},
  channel: 'api',
  sender: 'admin',
  state: 'applied',
  dryRun: false,
  deliveryId: 1,
  receivedAt: 0,
  startedAt: 0,
  finishedAt: 0,
  attempt: 1,
  counts: noCounts(),
  subjects: 1,
  rowCount: 1,
  notes: [],
  files: [],
  summary: '1 patron: 1 created.',
  failure: null,
  undoes: null,
  undoneBy: null,
  heldFor: [],
  consequences: null,
  approvedBy: null,
};

test.each<[Partial<Run>, string]>([
  [{}, '1 patron: 1 created.'],
  [{ dryRun: true }, 'Dry run; nothing changed. Planned: 1 patron: 1 created.'],
  [{ state: 'held' }, 'Held for approval; nothing changed. Planned: 1 patron: 1 created.'],
  [{ state: 'discarded' }, 'Discarded; nothing changed. Planned: 1 patron: 1 created.'],
  [{ state: 'undone', undoneBy: 4 }, '1 patron: 1 created. Undone by run 4.'],
  [{ state: 'received', summary: '' }, 'Waits for its turn; nothing changed yet.'],
  [{ state: 'running', summary: '' }, 'Under way; nothing changed yet.'],
  [{ state: 'failed', summary: 'The file is empty.' }, 'The file is empty.'],
])('the summary is true of the state: %j', (facts, sentence) => {
  expect(runSummary({ ...run, ...facts })).toBe(sentence);
});
