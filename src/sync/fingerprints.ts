import { randomBytes } from 'node:crypto';
import type { PlannedIds } from '../directory/planned-ids.ts';
import type { FingerprintSet } from '../ports/fingerprints.ts';
import type { FileKindName, Run } from '../ports/runs.ts';
import type { TenantReader, TenantTransactor } from '../ports/tenant-store.ts';
import { fingerprintWords } from './scan/fingerprint.ts';
import type { Partition } from './scan/partition.ts';

/** To be raised when a rule reads rows in another way: what was remembered under the old one says nothing. */
const rulesVersion = 1;

/** Entries are kept in so many blocks, by the high bits of the hash of their key. */
const blockCount = 64;
const blockBits = 6;

/** Hash of the key, id of the subject, fingerprint. */
const entryWords = 2 + fingerprintWords;

export function newSeed(): Uint8Array {
  return new Uint8Array(randomBytes(16));
}

/**
 * What the fingerprints of a file hold for: rows mean the same only under this header, mode and rules, and under
 * whatever `more` its kind names.
 */
export function contextOf(
  run: Pick<Run, 'mode' | 'options'>,
  header: readonly string[],
  more: string | undefined,
): string {
  const context = [rulesVersion, run.mode, run.options, header];
  return JSON.stringify(more === undefined ? context : [...context, more]);
}

/**
 * What is remembered of the subjects of one kind, for one pass over a file. A subject whose rows say what they
 * said at its last clean import, and which nobody has touched since, is unchanged. What is changed on the
 * way is written down by `save` and `end`.
 */
export class Fingerprints {
  readonly #kind: FileKindName;
  readonly #reader: TenantReader;
  readonly #set: FingerprintSet;
  /** Whether what is stored was made with the same seed and context; else it is begun anew. */
  readonly #holds: boolean;
  readonly #void: ReadonlySet<number>;
  #begun = false;

  private constructor(
    kind: FileKindName,
    reader: TenantReader,
    set: FingerprintSet,
    holds: boolean,
    voided: readonly number[],
  ) {
    this.#kind = kind;
    this.#reader = reader;
    this.#set = set;
    this.#holds = holds;
    this.#void = new Set(voided);
  }

  static async open(kind: FileKindName, reader: TenantReader, set: FingerprintSet): Promise<Fingerprints> {
    const stored = await reader.fingerprints.findSet(kind);
    const holds =
      stored !== undefined && stored.context === set.context && Buffer.compare(stored.seed, set.seed) === 0;
    const voided = holds ? await reader.fingerprints.listVoid(kind) : [];
    return new Fingerprints(kind, reader, set, holds, voided);
  }

  /** What is remembered of the subjects of a partition. Partitions together hold every hash there is. */
  async ofPartition(partition: Partition): Promise<PartitionPrints> {
    const prints = new PartitionPrints(partition, this.#void);
    const [first, end] = [partition.hashesFrom * blockCount, partition.hashesTo * blockCount];
    for (let block = first; this.#holds && block < end; block++) {
      const entries = await this.#reader.fingerprints.readBlock(this.#kind, block);
      if (entries) prints.load(block, entries);
    }
    return prints;
  }

  /**
   * Writes the changed blocks of a partition, with the ids under which new subjects were stored; the first one begins
   * the set anew where what is stored says nothing.
   */
  async save(tx: TenantTransactor, blocks: readonly PrintBlock[], ids: PlannedIds): Promise<void> {
    if (!this.#holds && !this.#begun) await tx.fingerprints.beginSet(this.#kind, this.#set);
    this.#begun = true;
    for (const [block, entries] of blocks) {
      await tx.fingerprints.saveBlock(this.#kind, block, withStoredIds(entries, ids));
    }
  }

  /** To be called once every partition was saved: no entry of a touched subject is left. */
  async end(tx: TenantTransactor): Promise<void> {
    if (this.#void.size > 0) await tx.fingerprints.clearVoid(this.#kind);
  }
}

/** The number of a block and all its entries. */
export type PrintBlock = readonly [number, Uint32Array<ArrayBuffer>];

/** Ids from here on are negative ones, of subjects that the plan makes. */
const plannedFrom = 0x8000_0000;

function withStoredIds(entries: Uint32Array<ArrayBuffer>, ids: PlannedIds): Uint8Array {
  let stored = entries;
  for (let at = 1; at < entries.length; at += entryWords) {
    if (entries[at]! < plannedFrom) continue;
    // The plan itself stays as it is.
    if (stored === entries) stored = entries.slice();
    stored[at] = ids.idOf(entries[at]! | 0);
  }
  return new Uint8Array(stored.buffer);
}

/** The entries of a partition's subjects, found by the hash of their key: of two with one hash the last counts. */
export class PartitionPrints {
  readonly #partition: Partition;
  readonly #void: ReadonlySet<number>;
  readonly #changed = new Set<number>();
  readonly #print = new Uint32Array(fingerprintWords);
  /** Used again for each entry that is kept. */
  readonly #entry = new Uint32Array(entryWords);
  #entries: Uint32Array;
  #count = 0;
  /** Slot → entry + 1; at most half full. */
  #slots: Int32Array;

  constructor(partition: Partition, touched: ReadonlySet<number>) {
    this.#partition = partition;
    this.#void = touched;
    const expected = Math.max(1024, partition.subjectCount);
    this.#entries = new Uint32Array(entryWords * expected);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * expected)));
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  load(block: number, bytes: Uint8Array): void {
    // Copied, since what a database gives may lie at any place of its memory.
    const words = new Uint32Array(new Uint8Array(bytes).buffer);
    for (let at = 0; at < words.length; at += entryWords) {
      if (this.#void.has(words[at + 1]!)) this.#changed.add(block);
      else this.#put(words, at);
    }
  }

  /** The id of a subject whose rows say what they said, or undefined. */
  findUnchanged(subject: number): number | undefined {
    // At a first load there is nothing to be found.
    if (this.#count === 0 || !this.#partition.printOf(subject, this.#print, 0)) return undefined;
    const at = this.#find(this.#partition.hashOf(subject));
    if (at < 0) return undefined;
    for (let word = 0; word < fingerprintWords; word++) {
      if (this.#entries[at + 2 + word] !== this.#print[word]) return undefined;
    }
    return this.#entries[at + 1] || undefined;
  }

  /** Forgets a subject that is to be planned: only if that comes out clean, it is kept again. */
  forget(subject: number): void {
    if (this.#count === 0) return;
    const at = this.#find(this.#partition.hashOf(subject));
    if (at < 0) return;
    this.#entries[at + 1] = 0;
    this.#changed.add(blockOf(this.#partition.hashOf(subject)));
  }

  keep(subject: number, subjectId: number): void {
    const entry = this.#entry;
    if (subjectId >= plannedFrom || !this.#partition.printOf(subject, entry, 2)) return;
    const hash = this.#partition.hashOf(subject);
    entry[0] = hash;
    entry[1] = subjectId;
    this.#put(entry, 0);
    this.#changed.add(blockOf(hash));
  }

  /** The blocks in which anything is other than it was stored. */
  changedBlocks(): PrintBlock[] {
    if (this.#changed.size === 0) return [];
    const sizes = new Uint32Array(blockCount);
    for (let at = 0; at < this.#count * entryWords; at += entryWords) {
      if (this.#entries[at + 1] !== 0) sizes[blockOf(this.#entries[at]!)]! += entryWords;
    }
    const blocks = new Map([...this.#changed].map((block) => [block, new Uint32Array(sizes[block]!)]));
    const used = new Uint32Array(blockCount);
    for (let at = 0; at < this.#count * entryWords; at += entryWords) {
      if (this.#entries[at + 1] === 0) continue;
      const block = blockOf(this.#entries[at]!);
      const into = blocks.get(block);
      if (into === undefined) continue;
      for (let word = 0; word < entryWords; word++) into[used[block]! + word] = this.#entries[at + word]!;
      used[block]! += entryWords;
    }
    return [...blocks];
  }

  #put(words: Uint32Array, from: number): void {
    if ((this.#count + 1) * entryWords > this.#entries.length) this.#grow();
    const slot = this.#slotOf(words[from]!);
    if (this.#slots[slot] === 0) this.#slots[slot] = ++this.#count;
    const at = (this.#slots[slot]! - 1) * entryWords;
    for (let word = 0; word < entryWords; word++) this.#entries[at + word] = words[from + word]!;
  }

  /** Where the entry of that hash begins, -1 where there is none. */
  #find(hash: number): number {
    return Math.max((this.#slots[this.#slotOf(hash)]! - 1) * entryWords, -1);
  }

  /** The slot of that hash, or the free one where its entry is to be noted. */
  #slotOf(hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0 || this.#entries[entry * entryWords] === hash) return slot;
    }
  }

  #grow(): void {
    const entries = new Uint32Array(this.#entries.length * 2);
    entries.set(this.#entries);
    this.#entries = entries;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#count; entry++) {
      this.#slots[this.#slotOf(entries[entry * entryWords]!)] = entry + 1;
    }
  }
}

function blockOf(hash: number): number {
  return hash >>> (32 - blockBits);
}
