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

/**
 * The entries of a partition's subjects, found by the hash of their key: of two with one hash the last counts. Where
 * nothing was remembered there is nothing to find, and what is to be kept stands by subject.
 */
export class PartitionPrints {
  readonly #partition: Partition;
  readonly #void: ReadonlySet<number>;
  readonly #changed = new Set<number>();
  readonly #print = new Uint32Array(fingerprintWords);
  /** Used again for each entry that is kept. */
  readonly #entry = new Uint32Array(entryWords);
  #remembered: EntryTable | undefined;
  /** By subject, 0 where it is not kept; while nothing is remembered. */
  #ids: Uint32Array | undefined;

  constructor(partition: Partition, touched: ReadonlySet<number>) {
    this.#partition = partition;
    this.#void = touched;
  }

  get isEmpty(): boolean {
    return this.#remembered === undefined;
  }

  /** To be called before any subject is asked for. */
  load(block: number, bytes: Uint8Array): void {
    // Copied, since what a database gives may lie at any place of its memory.
    const words = new Uint32Array(new Uint8Array(bytes).buffer);
    for (let at = 0; at < words.length; at += entryWords) {
      if (this.#void.has(words[at + 1]!)) this.#changed.add(block);
      else (this.#remembered ??= new EntryTable(this.#partition.subjectCount)).put(words, at);
    }
  }

  /** The id of a subject whose rows say what they said, or undefined. */
  findUnchanged(subject: number): number | undefined {
    const remembered = this.#remembered;
    if (remembered === undefined || !this.#partition.printOf(subject, this.#print, 0)) return undefined;
    const at = remembered.find(this.#partition.hashOf(subject));
    if (at < 0) return undefined;
    for (let word = 0; word < fingerprintWords; word++) {
      if (remembered.words[at + 2 + word] !== this.#print[word]) return undefined;
    }
    return remembered.words[at + 1] || undefined;
  }

  /** Forgets a subject that is to be planned: only if that comes out clean, it is kept again. */
  forget(subject: number): void {
    if (this.#remembered === undefined) return;
    const hash = this.#partition.hashOf(subject);
    const at = this.#remembered.find(hash);
    if (at < 0) return;
    this.#remembered.words[at + 1] = 0;
    this.#changed.add(blockOf(hash));
  }

  keep(subject: number, subjectId: number): void {
    const entry = this.#entry;
    if (subjectId >= plannedFrom || !this.#partition.printOf(subject, entry, 2)) return;
    if (this.#remembered === undefined) {
      this.#ids ??= new Uint32Array(this.#partition.subjectCount);
      this.#ids[subject] = subjectId;
      return;
    }
    const hash = this.#partition.hashOf(subject);
    entry[0] = hash;
    entry[1] = subjectId;
    this.#remembered.put(entry, 0);
    this.#changed.add(blockOf(hash));
  }

  /** The blocks in which anything is other than it was stored. */
  changedBlocks(): PrintBlock[] {
    return this.#remembered === undefined ? this.#newBlocks() : this.#blocksOf(this.#remembered);
  }

  #newBlocks(): PrintBlock[] {
    const ids = this.#ids;
    const blocks = new BlockWriter(this.#changed);
    if (ids === undefined) return blocks.written();
    const entry = this.#entry;
    for (let subject = 0; subject < ids.length; subject++) {
      if (ids[subject] !== 0) blocks.expect(this.#partition.hashOf(subject));
    }
    for (let subject = 0; subject < ids.length; subject++) {
      if (ids[subject] === 0) continue;
      entry[0] = this.#partition.hashOf(subject);
      entry[1] = ids[subject]!;
      this.#partition.printOf(subject, entry, 2);
      blocks.write(entry, 0);
    }
    return blocks.written();
  }

  #blocksOf({ words, end }: EntryTable): PrintBlock[] {
    const changed = this.#changed;
    const blocks = new BlockWriter(changed);
    const isWritten = (at: number) => words[at + 1] !== 0 && changed.has(blockOf(words[at]!));
    for (let at = 0; at < end; at += entryWords) if (isWritten(at)) blocks.expect(words[at]!);
    for (let at = 0; at < end; at += entryWords) if (isWritten(at)) blocks.write(words, at);
    return blocks.written();
  }
}

/** Gathers entries into blocks: first it is told of each, then given each. */
class BlockWriter {
  readonly #sizes = new Uint32Array(blockCount);
  readonly #blocks = new Map<number, Uint32Array<ArrayBuffer>>();
  readonly #used = new Uint32Array(blockCount);
  readonly #numbers: Set<number>;

  /** `numbers`: of blocks that are to be written even if nothing is left in them. */
  constructor(numbers: Iterable<number>) {
    this.#numbers = new Set(numbers);
  }

  expect(hash: number): void {
    this.#sizes[blockOf(hash)]! += entryWords;
  }

  write(words: Uint32Array, from: number): void {
    const number = blockOf(words[from]!);
    let block = this.#blocks.get(number);
    if (block === undefined) this.#blocks.set(number, (block = new Uint32Array(this.#sizes[number]!)));
    const at = this.#used[number]!;
    for (let word = 0; word < entryWords; word++) block[at + word] = words[from + word]!;
    this.#used[number] = at + entryWords;
  }

  written(): PrintBlock[] {
    for (const number of this.#numbers) {
      if (!this.#blocks.has(number)) this.#blocks.set(number, new Uint32Array(0));
    }
    return [...this.#blocks];
  }
}

/** Entries, found by their hash. */
class EntryTable {
  words: Uint32Array;
  #count = 0;
  /** Slot → entry + 1; at most half full. */
  #slots: Int32Array;

  constructor(entriesExpected: number) {
    const expected = Math.max(1024, entriesExpected);
    this.words = new Uint32Array(entryWords * expected);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * expected)));
  }

  /** How far the entries reach in `words`. */
  get end(): number {
    return this.#count * entryWords;
  }

  /** Takes an entry, in place of the one with its hash. */
  put(words: Uint32Array, from: number): void {
    if ((this.#count + 1) * entryWords > this.words.length) this.#grow();
    const slot = this.#slotOf(words[from]!);
    if (this.#slots[slot] === 0) this.#slots[slot] = ++this.#count;
    const at = (this.#slots[slot]! - 1) * entryWords;
    for (let word = 0; word < entryWords; word++) this.words[at + word] = words[from + word]!;
  }

  /** Where the entry of that hash begins, -1 where there is none. */
  find(hash: number): number {
    return Math.max((this.#slots[this.#slotOf(hash)]! - 1) * entryWords, -1);
  }

  /** The slot of that hash, or the free one where its entry is to be noted. */
  #slotOf(hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0 || this.words[entry * entryWords] === hash) return slot;
    }
  }

  #grow(): void {
    const words = new Uint32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#count; entry++) {
      this.#slots[this.#slotOf(words[entry * entryWords]!)] = entry + 1;
    }
  }
}

function blockOf(hash: number): number {
  return hash >>> (32 - blockBits);
}
