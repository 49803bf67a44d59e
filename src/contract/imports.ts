import { z } from 'zod';
import { rowOutcomes } from '../domain/outcome.ts';
import { importKinds, runStates } from '../ports/runs.ts';
import { operation } from './operation.ts';
import { Run, RunRow } from './run.ts';
import { idParam, pageOf, paging, queryFlag } from './shared.ts';

const tag = 'Imports';
const params = z.object({ id: idParam });
const wait = queryFlag.default(true).describe('With `false` it answers 202 and the run as it stands.');
const ofFile = z
  .string()
  .optional()
  .describe('The name of one of the files of the run, as the run tells it.');
const csv = { 'text/csv': { schema: z.string() } };

export const createImport = operation({
  id: 'createImport',
  method: 'POST',
  path: '/imports',
  tag,
  summary: 'Import a file, or several as one',
  description:
    'Kind `webcheckout` takes group.csv, section.csv, section-members.csv and authorization-set.csv, as many as there are, in whatever order, as files of one form or as one ZIP: they are planned, held, applied and undone as one, each seeing what those before it make. Answers the finished run (201): also one whose rows failed in part, and one that is `held` until somebody approves it, for the reasons in `heldFor`. A file that is refused as a whole is a problem `file-refused` that names its `run`. Imports of one tenant wait for each other, and the request waits with them; a lost connection does not cancel the run. With `wait=false` it answers 202 and the run as received.',
  query: z.strictObject({
    kind: z.enum(importKinds),
    mode: z.string().optional().describe('A mode of the kind; the first of its modes where none is named.'),
    dryRun: queryFlag.default(false).describe('Plan only.'),
    key: z
      .string()
      .optional()
      .describe('Kind `patrons`: the column that says who is meant (username, barcode or externalid).'),
    wait,
  }),
  upload:
    'The CSV, as the first file of a multipart/form-data body or as a text/csv body. Of several files as one: each as a file of the form, or one ZIP of them, in a form or as an application/zip body.',
  answers: { 201: Run, 202: Run },
});

export const listImports = operation({
  id: 'listImports',
  method: 'GET',
  path: '/imports',
  tag,
  summary: 'List import runs, newest first',
  query: z.strictObject({
    state: z.enum(runStates).optional(),
    kind: z.enum(importKinds).optional(),
    ...paging,
  }),
  answers: { 200: pageOf(Run) },
});

export const getImport = operation({
  id: 'getImport',
  method: 'GET',
  path: '/imports/{id}',
  tag,
  summary: 'Read one run, with its progress while it goes on',
  params,
  answers: { 200: Run },
});

export const listImportRows = operation({
  id: 'listImportRows',
  method: 'GET',
  path: '/imports/{id}/rows',
  tag,
  summary: 'What became of the rows',
  description:
    'By file and in row order. Of files of up to 10,000 rows every row is kept, of larger ones those that failed and those with something to say; all of them as long as the file itself.',
  params,
  query: z.strictObject({ outcome: z.enum(rowOutcomes).optional(), file: ofFile, ...paging }),
  answers: { 200: pageOf(RunRow) },
});

export const getFailedRows = operation({
  id: 'getFailedRows',
  method: 'GET',
  path: '/imports/{id}/failed-rows.csv',
  tag,
  summary: 'The failed rows as a CSV that can be corrected and sent again',
  description:
    'Under the header of the file itself. Of a run of several files, `file` names the one that is wanted; where rows of one alone failed, it need not. Cells that a spreadsheet would take for a formula begin with an apostrophe, which an import takes away again.',
  params,
  query: z.strictObject({ file: ofFile }),
  answers: { 200: { description: 'The failed rows; the header alone when none failed.', content: csv } },
});

export const approveImport = operation({
  id: 'approveImport',
  method: 'POST',
  path: '/imports/{id}/approve',
  tag,
  summary: 'Apply a held run',
  description:
    'It is planned afresh, since things may have moved, and applied; where it would now remove or inactivate more than was shown, it is `held` again. Answers the finished run.',
  params,
  query: z.strictObject({ wait }),
  answers: { 200: Run, 202: Run },
});

export const discardImport = operation({
  id: 'discardImport',
  method: 'POST',
  path: '/imports/{id}/discard',
  tag,
  summary: 'Discard a held run',
  params,
  answers: { 200: Run },
});

export const undoImport = operation({
  id: 'undoImport',
  method: 'POST',
  path: '/imports/{id}/undo',
  tag,
  summary: 'Take an applied run back',
  description:
    'What still stands as the run left it goes back to what it was; whatever was changed since, by a person or a later run, stays and is listed in the rows of the run answered, which is the undo.',
  params,
  query: z.strictObject({ wait }),
  answers: { 201: Run, 202: Run },
});
