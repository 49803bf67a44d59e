import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { bufferSource } from '../../src/sync/scan/byte-source.ts';
import { seedWords } from '../../src/sync/scan/fingerprint.ts';
import { scanFile } from '../../src/sync/scan/scan-file.ts';
import { contactsKind } from '../../src/sync/kinds/contacts.ts';
import type { FileToPlan } from '../../src/sync/file-to-plan.ts';
import { planFile } from '../../src/sync/plan-file.ts';
import { openRunScope } from '../../src/sync/plan-scope.ts';
import { PlannedRecords } from '../../src/sync/planned-records.ts';
import { newTotals } from '../../src/sync/run-totals.ts';
import { openEngine } from '../support/engine.ts';

const header = 'username,type,contact';
const lineOf = (name: string) => `${name},EMAIL,${name}@new.example`;

test('I9 in a file of many parts, some of them remembered, each row finds the patron it names and no other', async () => {
  await using engine = await openEngine();
  const { store } = engine;
  const known = Array.from({ length: 40 }, (_, index) => `p${index}`);
  await engine.importCsv(`username\n${known.join('\n')}\n`, { kind: 'patrons' });
  // Remembered in a few parts, whose other subjects are not.
  const few = known.filter((_, index) => index % 8 === 0);
  await engine.importCsv(`${header}\n${few.map((name) => `${name},EMAIL,old@x`).join('\n')}\n`);
  const unknown = Array.from({ length: 400 }, (_, index) => `nobody${index}`);
  const text = `${header}\n${[...unknown, ...known].map(lineOf).join('\n')}\n`;

  const run = (await store.read.runs.findById(await engine.receive(text)))!;
  const planned = await store.snapshot(async (reader) => {
    const { seed } = (await reader.fingerprints.findSet('contacts'))!;
    using scanned = scanFile(bufferSource(Buffer.from(text)), {
      spillDir: tmpdir(),
      seed: seedWords(seed),
      subjectColumns: () => [0],
      limits: { partitionBytes: 1024, heldBytesMax: 64 },
    });
    const file: FileToPlan = { name: undefined, number: 0, file: scanned, kind: contactsKind, run, seed };
    const settings = { subjectsPerBatch: 5, batchesAhead: 0, onPlanned: () => {} };
    const scope = await openRunScope(reader, run, store.tenant, 0);
    const pairs: string[] = [];
    const batches = planFile(file, settings, reader, newTotals([file]).files[0]!, {
      ...scope,
      seesItsWrites: false,
      planned: new PlannedRecords([]),
    });
    for await (const { batch } of batches) {
      for (const change of batch.changes) {
        if (change.about !== 'patron' || change.contacts === undefined) continue;
        const username = (await reader.patrons.findById(change.patronId!))?.username;
        for (const { values } of change.contacts.plan.creates) pairs.push(`${username} ${values.contact}`);
      }
    }
    return pairs.toSorted();
  });
  expect(planned).toEqual(known.map((name) => `${name} ${name}@new.example`).toSorted());
});
