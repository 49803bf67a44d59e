import type { BundleKindName, FileKindName } from '../../ports/runs.ts';
import type { ImportMode } from '../import-kind.ts';

/** Several files that are delivered together: planned as one, in this order whatever came first. */
export interface ImportBundle {
  readonly name: BundleKindName;
  readonly files: readonly BundleFile[];
  readonly modes: readonly ImportMode[];
  readonly options: Readonly<Record<string, never>>;
  /** As of each of its files (W18). */
  readonly forOperators?: boolean;
}

/** A file of a bundle; those that come later may name what those before them make. */
export interface BundleFile {
  /** Found by this name in whatever folder and case; in lower case. */
  readonly fileName: string;
  /** Imported by the first mode of this kind. */
  readonly kind: FileKindName;
}
