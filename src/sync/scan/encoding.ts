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
  let markBytes = -1;
  let nonAscii = false;
  let tail: Buffer = Buffer.alloc(0);
  for (const block of blocksOf(source.chunks(), blockBytes)) {
    let bytes = tail.length === 0 ? block : Buffer.concat([tail, block]);
    if (markBytes < 0) {
      const wide = utf16Of(bytes);
      if (wide !== undefined) {
        return { name: wide, markBytes: 2, cutInCharacter: source.sizeBytes % 2 === 1 };
      }
      markBytes = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
      nonAscii = markBytes > 0;
      bytes = bytes.subarray(markBytes);
    }
    const whole = bytes.subarray(0, bytes.length - unfinishedBytes(bytes));
    nonAscii ||= !isAscii(whole);
    if (!isUtf8(whole)) return { name: 'windows-1252', markBytes, cutInCharacter: false };
    tail = Buffer.from(bytes.subarray(whole.length));
  }
  // An unfinished character at the very end is a cut UTF-8 file if UTF-8 characters came before it; alone
  // it is one accented letter of Windows-1252.
  if (tail.length > 0 && !nonAscii) return { name: 'windows-1252', markBytes: 0, cutInCharacter: false };
  return { name: 'utf-8', markBytes: Math.max(0, markBytes), cutInCharacter: tail.length > 0 };
}

function utf16Of(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
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
