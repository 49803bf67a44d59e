import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { contactAddition } from '../../directory/edit-contacts.ts';
import { editByHand } from '../../directory/hand-edits.ts';
import type { NewContactValues } from '../../domain/contact/edit-contact.ts';
import { ANY } from '../../domain/contact/scenarios.ts';
import type { ImportKindName } from '../../ports/runs.ts';
import { getFileKind, resolveMode, resolveOptions } from '../../sync/kinds/registry.ts';
import { spoolUpload } from '../../sync/spool-upload.ts';

const tenant = 'main';
const fileBytesMax = 1024 * 1024;
const actor = { name: 'demo', channel: 'cli' } as const;

/** What a librarian of the invented school entered by hand: custom contacts (I12). */
const byHand: readonly (NewContactValues & { readonly username: string })[] = [
  {
    username: 'jdoe1',
    type: 'EMAIL',
    role: 'OTHER',
    addressee: 'Form tutor of 9B',
    contact: 'tutor.9b@school.example',
    scenarios: ANY,
  },
  { username: 'wchurchill', type: 'SOCIAL_MEDIA', contact: '@wchurchill@social.example' },
];

/**
 * Fills tenant `main` with an invented school by importing two files as anybody's are imported; gives the
 * number of patrons, or undefined where patrons are there already: then nothing is touched.
 */
export async function fillDemo(context: Context): Promise<number | undefined> {
  const store = await context.storage.tenant(tenant);
  if ((await store.read.patrons.count()) > 0) return undefined;
  await importOurFile(context, 'patrons', new URL('./patrons.csv', import.meta.url));
  await importOurFile(context, 'contacts', new URL('./contacts.csv', import.meta.url));
  const hand = { actor, clock: context.clock };
  for (const { username, ...values } of byHand)
    await editByHand(store, contactAddition(username, values), hand);
  return store.read.patrons.count();
}

async function importOurFile(
  { imports, spoolDir }: Context,
  kindName: ImportKindName,
  file: URL,
): Promise<void> {
  const kind = getFileKind(kindName);
  const fileName = `${kindName}.csv`;
  const path = join(spoolDir, `demo-${fileName}`);
  try {
    const source = createReadStream(file);
    const upload = await spoolUpload(source, { path, fileName, bytesMax: fileBytesMax });
    const runId = await imports.submit(tenant, upload, {
      kind: kindName,
      mode: resolveMode(kind, undefined),
      options: resolveOptions(kind, {}),
      channel: actor.channel,
      sender: actor.name,
      dryRun: false,
    });
    const run = await imports.waitFor(tenant, runId);
    if (run.state !== 'applied' || run.counts.failed > 0) throw new Error(`demo ${fileName}: ${run.summary}`);
  } finally {
    await rm(path, { force: true });
  }
}
