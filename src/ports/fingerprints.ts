import type { RecordEntity } from '../domain/records.ts';
import type { FileKindName } from './runs.ts';

/** What the rows of a file are about; `roster`: the members of a section, by its id. */
export type Subject = 'patron' | RecordEntity | 'roster';

/** What the fingerprints of each kind speak of. */
export const subjectOfKind: Readonly<Record<FileKindName, Subject>> = {
  patrons: 'patron',
  contacts: 'patron',
  organizations: 'organization',
  'resource-types': 'resource-type',
  'checkout-centers': 'checkout-center',
  group: 'group',
  section: 'section',
  'section-members': 'roster',
  'authorization-set': 'authorization-set',
};

/** What the fingerprints of a kind were made with. */
export interface FingerprintSet {
  /** 16 random bytes. */
  readonly seed: Uint8Array;
  /** Header, mode and rules they hold for: under any other they say nothing. */
  readonly context: string;
}

/** What the rows of each subject said at its last clean import, packed in blocks. */
export interface FingerprintReader {
  findSet(kind: FileKindName): Promise<FingerprintSet | undefined>;
  readBlock(kind: FileKindName, block: number): Promise<Uint8Array | undefined>;
  /** Subjects whose fingerprints no longer hold. */
  listVoid(kind: FileKindName): Promise<number[]>;
}

export interface FingerprintWriter {
  /** Begins a set anew, empty; the one before goes. */
  beginSet(kind: FileKindName, set: FingerprintSet): Promise<void>;
  saveBlock(kind: FileKindName, block: number, entries: Uint8Array): Promise<void>;
  /** To be called once no entry of the subjects listed by `listVoid` is left. */
  clearVoid(kind: FileKindName): Promise<void>;
  /**
   * Says that something has touched these subjects, so that their rows are looked at again. `by`: the kind whose
   * import it is, whose own fingerprints it brings up to date by itself.
   */
  touched(subject: Subject, ids: readonly number[], by: FileKindName | undefined): Promise<void>;
  /** Forgets all that is remembered of the kinds that speak of any of these. */
  forget(subjects: readonly Subject[]): Promise<void>;
}
