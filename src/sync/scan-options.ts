import type { Run } from '../ports/runs.ts';
import type { ImportKind } from './import-kind.ts';
import { seedWords } from './scan/fingerprint.ts';
import type { ScanOptions } from './scan/scan-file.ts';

/** How a file of that kind is scanned; `seed`: of the fingerprints that are gathered. */
export function scanOptions(
  kind: ImportKind,
  run: Pick<Run, 'options'>,
  { seed, ...rest }: { seed: Uint8Array } & Pick<ScanOptions, 'spillDir' | 'onRows' | 'encoding'>,
): ScanOptions {
  return {
    ...rest,
    seed: seedWords(seed),
    exactKeys: kind.exactKeys,
    ...(kind.limits && { limits: kind.limits }),
    subjectColumns: (header) => kind.subjectColumns(header, run),
  };
}
