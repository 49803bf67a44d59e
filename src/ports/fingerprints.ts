import type { ImportKindName } from './runs.ts';

/** What the fingerprints of a kind were made with. */
export interface FingerprintSet {
  /** 16 random bytes. */
  readonly seed: Uint8Array;
  /** Header, mode and rules they hold for: under any other they say nothing. */
  readonly context: string;
}

/** What the rows of each subject said at its last clean import, packed in blocks. */
export interface FingerprintReader {
  findSet(kind: ImportKindName): Promise<FingerprintSet | undefined>;
  readBlock(kind: ImportKindName, block: number): Promise<Uint8Array | undefined>;
  /** Patrons whose fingerprints no longer hold. */
  listVoid(kind: ImportKindName): Promise<number[]>;
}

export interface FingerprintWriter {
  /** Begins a set anew, empty; the one before goes. */
  beginSet(kind: ImportKindName, set: FingerprintSet): Promise<void>;
  saveBlock(kind: ImportKindName, block: number, entries: Uint8Array): Promise<void>;
  /** To be called once no entry of the patrons listed by `listVoid` is left. */
  clearVoid(kind: ImportKindName): Promise<void>;
  /**
   * Says that something has touched these patrons, so that their rows are looked at again. `by`: the kind whose
   * import it is, whose own fingerprints it brings up to date by itself.
   */
  touched(patronIds: readonly number[], by: ImportKindName | undefined): Promise<void>;
}
