import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layOut } from '../../test/support/scanned.ts';
import { ArrivingFile } from './arriving-file.ts';
import { bufferSource } from './scan/byte-source.ts';
import { scanFile, scanFileSteps } from './scan/scan-file.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'muster-arriving-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rows = Array.from({ length: 3_000 }, (_, row) => `p${row % 2_000},"${'ä'.repeat(1_500)}\n${row}"\n`);
const bytes = Buffer.from(`username,remark\n${rows.join('')}`);
const options = () => ({ spillDir: folder, subjectColumns: () => [0] });

/** Whether a step may read on now. */
function isReadyNow(file: ArrivingFile): Promise<boolean | 'waits'> {
  return Promise.race([file.isReady(), nextTurn('waits' as const)]);
}

test('S6 a scan goes as far as a file has arrived, never beyond, and finds in the end what is found of the whole', async () => {
  const path = join(folder, 'arriving');
  writeFileSync(path, '');
  using file = ArrivingFile.open(path, bytes.length + 500)!;
  expect(await isReadyNow(file)).toBe('waits');
  const steps = scanFileSteps(file, { ...options(), encoding: file.presumed() });
  const stepsMade: number[] = [];
  for (let from = 0; from < bytes.length; from += 3_000_000) {
    appendFileSync(path, bytes.subarray(from, from + 3_000_000));
    let made = 0;
    for (; (await isReadyNow(file)) === true; made++) expect(steps.next().done).toBe(false);
    stepsMade.push(made);
  }
  expect(await isReadyNow(file)).toBe('waits');
  // The first pieces are not enough to begin; of what comes then, something is read each time but for the rest.
  expect(stepsMade.filter((made) => made > 0).length).toBeGreaterThan(1);
  expect(file.wasAsPresumed()).toBe(false);
  file.end(bytes.length);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  expect(file.wasAsPresumed()).toBe(true);
  using scanned = step.value;
  using whole = scanFile(bufferSource(bytes), options());
  expect(layOut(scanned)).toEqual(layOut(whole));
});

test('a file that has gone before it was whole is no longer waited for', async () => {
  const path = join(folder, 'arriving');
  writeFileSync(path, bytes.subarray(0, 1_000));
  using file = ArrivingFile.open(path, bytes.length)!;
  const ready = file.isReady();
  rmSync(path);
  expect(await ready).toBe(false);
  expect(ArrivingFile.open(path, bytes.length)).toBeUndefined();
});
