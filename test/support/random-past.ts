import fc from 'fast-check';
import { contactAddition, contactChange, contactRemoval } from '../../src/directory/edit-contacts.ts';
import { editByHand, type HandEdit } from '../../src/directory/hand-edits.ts';
import { patronChange } from '../../src/directory/save-patron.ts';
import type { ContactValues } from '../../src/domain/contact/contact.ts';
import { MusterError } from '../../src/domain/errors.ts';
import { approveRun } from '../../src/sync/held-run.ts';
import { requestUndo } from '../../src/sync/run-undo.ts';
import type { StoredContact } from '../../src/ports/contacts.ts';
import type { Run } from '../../src/ports/runs.ts';
import type { TenantReader } from '../../src/ports/tenant-store.ts';
import type { CsvImport, EngineTuning, TestEngine } from './engine.ts';

/** So few names, keys and addresses that files, hands and undos meet all the time. */
const usernames = ['u0', 'U1', 'u2', 'u3', 'u4', 'u5'];
const keys = ['', 'k1', 'K2', 'k3', 'k4'];
const addresses = ['a@x', 'A@x', 'b@x', 'c@x'];

/** One file and how it is sent. */
export interface FileStep {
  readonly kind: 'file';
  readonly request: CsvImport;
  readonly csv: string;
}

export type Step =
  | FileStep
  | { readonly kind: 'add'; readonly patron: number; readonly said: Partial<ContactValues> }
  | {
      readonly kind: 'change';
      readonly patron: number;
      readonly nth: number;
      readonly said: Partial<ContactValues>;
    }
  | { readonly kind: 'remove'; readonly patron: number; readonly nth: number }
  | { readonly kind: 'patron'; readonly patron: number; readonly said: { barcode?: string; room?: string } }
  | { readonly kind: 'undo'; readonly nth: number };

const csv = (header: string, rows: readonly (readonly string[])[]) =>
  `${header}\n${rows.map((row) => `${row.join(',')}\n`).join('')}`;

/** Rows of which about one in eight is wrong in some way. */
const contactRow = fc.tuple(
  fc.constantFrom(...usernames, ...usernames, 'nobody', ''),
  fc.constantFrom('EMAIL', 'EMAIL', 'EMAIL', 'PHONE', 'FAX'),
  fc.constantFrom('PATRON', 'GUARDIAN', 'OTHER', ''),
  fc.constantFrom('TRUE', 'FALSE', ''),
  fc.constantFrom(...addresses, ''),
);

const contactsStep: fc.Arbitrary<FileStep> = fc.record({
  kind: fc.constant('file' as const),
  request: fc.record({
    kind: fc.constant('contacts' as const),
    mode: fc.constantFrom(
      'replaceDeclaredPatrons',
      'replaceDeclaredPatronsKeepCustomContacts',
      'addOrUpdate',
      'replaceAllPatrons',
    ),
  }),
  csv: fc.array(contactRow, { maxLength: 10 }).map((rows) => csv('username,type,role,primary,contact', rows)),
});

const patronRow = fc.tuple(
  fc.constantFrom(...usernames, ...usernames, ''),
  fc.constantFrom(...keys),
  fc.constantFrom(...keys),
  fc.constantFrom('', '', ...addresses),
  fc.constantFrom('', '7a', '8b'),
  fc.constantFrom('', 'STUDENT', 'TEACHER', 'TEACHER', 'GHOST'),
  fc.constantFrom('', '', 'INACTIVE', 'ACTIVE'),
);

const patronsStep: fc.Arbitrary<FileStep> = fc.record({
  kind: fc.constant('file' as const),
  request: fc.record({
    kind: fc.constant('patrons' as const),
    mode: fc.constantFrom('addOrUpdate', 'addOrUpdate', 'full'),
    options: fc.record({ key: fc.constantFrom('username', 'username', 'barcode', 'externalid') }),
  }),
  csv: fc
    .array(patronRow, { maxLength: 8 })
    .map((rows) => csv('username,barcode,externalid,email,classgrade,role,status', rows)),
});

export const anyFile: fc.Arbitrary<FileStep> = fc.oneof(contactsStep, patronsStep);

const nth = fc.nat({ max: 20 });
const said = fc.record({
  type: fc.constantFrom('EMAIL' as const, 'PHONE' as const),
  contact: fc.constantFrom(...addresses),
  primary: fc.boolean(),
});

export const anyHand: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), patron: nth, said }),
  fc.record({ kind: fc.constant('change' as const), patron: nth, nth, said }),
  fc.record({ kind: fc.constant('remove' as const), patron: nth, nth }),
  fc.record({
    kind: fc.constant('patron' as const),
    patron: nth,
    said: fc.record({ barcode: fc.constantFrom(...keys.slice(1)), room: fc.constantFrom('r1', 'r2') }),
  }),
);

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: anyFile },
  { weight: 4, arbitrary: anyHand },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), nth }) },
);

/** What went before. The first file brings patrons, so that there is something to meet. */
export const anyPast: fc.Arbitrary<Step[]> = fc
  .tuple(patronsStep, fc.array(anyStep, { maxLength: 6 }))
  .map(([first, rest]) => [first, ...rest]);

const actor = { name: 'anna', channel: 'api' } as const;

/** Does a step; gives the run where one was done. A hand that is refused, or has nothing to do, does nothing. */
export async function take(engine: TestEngine, step: Step, tuning?: EngineTuning): Promise<Run | undefined> {
  engine.clock.time += 1000;
  if (step.kind === 'file') return takeFile(engine, step, tuning);
  if (step.kind === 'undo') return takeUndo(engine, step.nth, tuning);
  try {
    const edit = await editOf(engine, step);
    if (edit) await editByHand(engine.store, edit, { actor, clock: engine.clock });
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
  }
  return undefined;
}

/** Imports a file; one that must be approved first is. */
async function takeFile(engine: TestEngine, step: FileStep, tuning?: EngineTuning): Promise<Run> {
  const run = await engine.importCsv(step.csv, step.request, tuning);
  if (run.state !== 'held') return run;
  await approveRun(engine.store, run.id, actor, engine.clock.now());
  return engine.perform(run.id, tuning);
}

async function takeUndo(engine: TestEngine, which: number, tuning?: EngineTuning): Promise<Run | undefined> {
  const { items } = await engine.store.read.runs.list({ state: 'applied', page: 1, pageSize: 50 });
  const run = items.filter(({ dryRun }) => !dryRun)[which % Math.max(1, items.length)];
  return run && undo(engine, run.id, tuning);
}

/** Takes a run back. */
export async function undo(engine: TestEngine, runId: number, tuning?: EngineTuning): Promise<Run> {
  engine.clock.time += 1000;
  return engine.perform(
    await requestUndo(engine.store, runId, actor.name, actor.channel, engine.clock.now()),
    tuning,
  );
}

/** The edit that a step is; undefined where there is nobody, or no contact, to edit. */
async function editOf(
  { store: { read } }: TestEngine,
  step: Exclude<Step, FileStep | { kind: 'undo' }>,
): Promise<HandEdit<unknown> | undefined> {
  const patrons = await read.patrons.listAfter(0, 50);
  const patron = patrons[step.patron % Math.max(1, patrons.length)];
  if (!patron) return undefined;
  const who = String(patron.id);
  if (step.kind === 'patron') return patronChange(who, step.said);
  if (step.kind === 'add') return contactAddition(who, { type: 'EMAIL', contact: 'new@x', ...step.said });
  const contacts = await read.contacts.listByPatron(patron.id);
  const contact = contacts[step.nth % Math.max(1, contacts.length)];
  if (!contact) return undefined;
  return step.kind === 'remove' ? contactRemoval(who, contact.id) : contactChange(who, contact.id, step.said);
}

/** All that is stored of patrons and contacts; when and by which run records were made is not looked at. */
export async function pictureOf(reader: TenantReader) {
  const patrons = await reader.patrons.listAfter(0, 1000);
  const contacts = await reader.contacts.mapByPatron(patrons.map(({ id }) => id));
  return patrons.map(({ createdRun: _run, createdAt: _at, updatedAt: _updated, ...patron }) => ({
    ...patron,
    contacts: (contacts.get(patron.id) ?? []).map(contactOnly),
  }));
}

export type Picture = Awaited<ReturnType<typeof pictureOf>>;

function contactOnly({ createdRun: _run, createdAt: _at, patronId: _patron, ...contact }: StoredContact) {
  return contact;
}
