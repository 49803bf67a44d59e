import { isAscii, isUtf8 } from 'node:buffer';
import type { RowNote } from '../../domain/outcome.ts';
import { blocksOf } from './byte-source.ts';
import type { ByteSource } from './byte-source.ts';

const blockBytes = 1024 * 1024;

/** How the bytes of a file are to be read (S6). */
export interface FileEncoding {
  readonly name: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** Bytes of a byte order mark to skip. */
  readonly markBytes: number;
  /** Whether the file ends inside a character, so inside its last row. */
  readonly cutInCharacter: boolean;
}

/**
 * Decides the encoding of the whole file before anything of it is read (S6): a byte order mark, else valid
 * UTF-8, else Windows-1252. Characters may lie across chunks.
 */
export function detectEncoding(source: ByteSource): FileEncoding {
  const detector = new EncodingDetector();
  for (const block of blocksOf(source.chunks(), blockBytes)) if (detector.look(block)) break;
  return detector.encoding(source.sizeBytes);
}

/**
 * `detectEncoding` of a file that comes block by block, each looked at once and in order.
 *
 * State: what is certain, and the bytes of a character that has not ended yet.
 */
export class EncodingDetector {
  #certain: Pick<FileEncoding, 'name' | 'markBytes'> | undefined;
  #markBytes = -1;
  #nonAscii = false;
  #tail: Buffer = Buffer.alloc(0);

  /** Looks at the next block, the first of which has the whole mark if there is one; gives whether more can change nothing. */
  look(block: Buffer): boolean {
    if (this.#certain !== undefined) return true;
    let bytes = this.#tail.length === 0 ? block : Buffer.concat([this.#tail, block]);
    if (this.#markBytes < 0) {
      const mark = byteOrderMark(bytes);
      if (mark !== undefined && mark.name !== 'utf-8') return this.#settle(mark);
      this.#markBytes = mark?.markBytes ?? 0;
      this.#nonAscii = mark !== undefined;
      bytes = bytes.subarray(this.#markBytes);
    }
    const whole = bytes.subarray(0, bytes.length - unfinishedBytes(bytes));
    this.#nonAscii ||= !isAscii(whole);
    if (!isUtf8(whole)) return this.#settle({ name: 'windows-1252', markBytes: this.#markBytes });
    this.#tail = Buffer.from(bytes.subarray(whole.length));
    return false;
  }

  /** What it is, where all of its bytes were looked at or the answer is certain. */
  encoding(sizeBytes: number): FileEncoding {
    if (this.#certain !== undefined) {
      const isWide = this.#certain.name !== 'windows-1252';
      return { ...this.#certain, cutInCharacter: isWide && sizeBytes % 2 === 1 };
    }
    const isCut = this.#tail.length > 0;
    // An unfinished character at the very end is a cut UTF-8 file if UTF-8 characters came before it; alone
    // it is one accented letter of Windows-1252.
    if (isCut && !this.#nonAscii) return { name: 'windows-1252', markBytes: 0, cutInCharacter: false };
    return { name: 'utf-8', markBytes: Math.max(0, this.#markBytes), cutInCharacter: isCut };
  }

  #settle(certain: Pick<FileEncoding, 'name' | 'markBytes'>): true {
    this.#certain = certain;
    return true;
  }
}

/** The encoding that the first bytes of a file name, if they do. */
export function byteOrderMark(bytes: Buffer): Pick<FileEncoding, 'name' | 'markBytes'> | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { name: 'utf-16le', markBytes: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { name: 'utf-16be', markBytes: 2 };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { name: 'utf-8', markBytes: 3 };
  return undefined;
}

/** How many bytes at the end begin a UTF-8 character that does not end there. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80 || byte > 0xf4) return 0;
    if (byte < 0xc2) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? back : 0;
  }
  return 0;
}

/** The file as UTF-8 without a byte order mark, in blocks. */
export function* utf8Blocks(source: ByteSource, encoding: FileEncoding): Generator<Buffer> {
  const decoder = encoding.name === 'utf-8' ? undefined : new TextDecoder(encoding.name, { ignoreBOM: true });
  let skip = encoding.markBytes;
  for (const block of blocksOf(source.chunks(), blockBytes)) {
    const bytes = skip === 0 ? block : block.subarray(skip);
    skip = 0;
    yield decoder === undefined ? bytes : Buffer.from(decoder.decode(bytes, { stream: true }));
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield Buffer.from(rest);
}

/** S6: what the report says about an encoding other than UTF-8. */
export function encodingNotes(encoding: FileEncoding): RowNote[] {
  if (encoding.name === 'utf-8') return [];
  return [{ code: encoding.name === 'windows-1252' ? 'read-as-windows-1252' : 'read-as-utf-16' }];
}
