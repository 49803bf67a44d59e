import { z } from 'zod';
import { holdCodes } from '../domain/guard/hold-reasons.ts';
import { rowOutcomes } from '../domain/outcome.ts';
import { channels } from '../ports/changes.ts';
import { fileKinds, importKinds, runStates } from '../ports/runs.ts';
import { instant, Note } from './shared.ts';

const count = z.int().min(0);

const Counts = z
  .object({
    created: count,
    updated: count,
    unchanged: count,
    removed: count,
    inactivated: count,
    ignored: count.describe('Rows that say nothing, e.g. with a blank contact.'),
    failed: count.describe('Rows that were refused.'),
  })
  .meta({ id: 'RunCounts', description: 'The first five count records, the last two count rows.' });

const Progress = z
  .object({
    rowsRead: count,
    subjectsPlanned: count,
    subjectsTotal: count.describe(
      '0 while it is not known yet, and near the truth while a large file is read.',
    ),
    applied: count.describe('Records written so far.'),
  })
  .meta({ id: 'RunProgress', description: 'How far a run is.' });

const HoldReason = z
  .object({
    code: z.enum(holdCodes),
    message: z.string().describe('The reason as a clause for people.'),
    count: count.nullable().describe('How many patrons, contacts, members or records it is about.'),
    of: count.nullable().describe('Out of how many.'),
    moreThan: count.nullable().describe('The threshold that `count` is beyond: both this number …'),
    percent: z.number().nullable().describe('… and this share.'),
    undone: z.int().nullable().describe('The run that was undone and whose work would be done again.'),
    section: z
      .string()
      .nullable()
      .describe('The section it is about: of several (`sections`) the one that loses most.'),
    sections: count.nullable(),
  })
  .meta({ id: 'HoldReason', description: 'Why a run is held.' });

const RunFile = z
  .object({
    name: z.string().describe('As it was sent.'),
    kind: z.enum(fileKinds),
    counts: Counts,
    rowCount: count.describe('Rows of the file, blank lines left out.'),
  })
  .meta({ id: 'RunFile', description: 'One file of a run.' });

/** One import, or the taking back of one. */
export const Run = z
  .object({
    id: z.int(),
    kind: z.enum(importKinds),
    mode: z.string().describe('`undo` for a run that takes another one back.'),
    options: z.record(z.string(), z.string()),
    channel: z.enum(channels).describe('The way it came in.'),
    sender: z.string().describe('The account that sent it.'),
    state: z
      .enum(runStates)
      .describe(
        '`received` waits its turn; `held` has a plan that somebody is to approve or discard; `failed` changed nothing. A dry run that ended well is `applied` beside `dryRun: true`, and changed nothing either.',
      ),
    dryRun: z.boolean().describe('Planned only; nothing was changed.'),
    counts: Counts.describe('Of all files together.'),
    summary: z.string().describe('One sentence for people, true of the state.'),
    rowCount: count.describe('Rows of the file, blank lines left out.'),
    subjects: count.describe('Patrons, records or sections declared and applied, unchanged ones included.'),
    notes: z
      .array(Note.extend({ file: z.string().nullable().describe('Which of several files it is about.') }))
      .describe('What is worth saying about a file, or the delivery, as a whole.'),
    files: z
      .array(RunFile)
      .describe(
        'What became of each file, in the order in which they were planned; none while it is not known.',
      ),
    heldFor: z
      .array(HoldReason)
      .describe('Why it is held or, once approved, was; for a dry run why it would be. Blank otherwise.'),
    failure: z.object({ code: z.string(), detail: z.string() }).nullable().describe('Why the run failed.'),
    fileName: z.string().nullable(),
    sizeBytes: z.int().nullable(),
    receivedAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    undoes: z.int().nullable().describe('The run that this one takes back.'),
    undoneBy: z.int().nullable().describe('The run that took this one back.'),
    approvedBy: z.string().nullable(),
    progress: Progress.nullable().describe('While the run goes on; null otherwise.'),
  })
  .meta({ id: 'Run', description: 'One import, or the taking back of one.' });
export type Run = z.output<typeof Run>;

/** What became of one row of the file. */
export const RunRow = z
  .object({
    file: z.string().nullable().describe('Which of several files it is in.'),
    row: z.int().describe('As a spreadsheet shows it: the header is row 1.'),
    outcome: z.enum(rowOutcomes),
    code: z.string().nullable().describe('What there is to say; null where there is nothing.'),
    column: z.string().nullable(),
    value: z.string().nullable(),
    message: z.string().nullable(),
    suggestion: z.string().nullable(),
    patronId: z.int().nullable(),
  })
  .meta({
    id: 'RunRow',
    description: 'What became of one row; a row with several things to say stands once for each.',
  });
export type RunRow = z.output<typeof RunRow>;
