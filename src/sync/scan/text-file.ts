import type { RowNote } from '../../domain/outcome.ts';
import { bufferSource, readWhole } from './byte-source.ts';
import type { ByteSource } from './byte-source.ts';
import { detectEncoding, encodingNotes, utf8Blocks, type FileEncoding } from './encoding.ts';
import { readHeader } from './header.ts';
import type { FoundHeader } from './header.ts';
import type { ScanLimits } from './limits.ts';

/** A delivered file once its encoding, delimiter and header are known. */
export interface TextFile extends FoundHeader {
  /** S6: what was recognised rather than plain. */
  readonly notes: readonly RowNote[];
  readonly cutInCharacter: boolean;
  /** The file as UTF-8 from its start; may be called several times. */
  blocks(): Iterable<Buffer>;
  /** How far into the source `blocks` begin, where they are the very bytes of it. */
  readonly offset: number | undefined;
  /** The same in one piece, if it was to be held. */
  readonly whole: Buffer | undefined;
}

/**
 * Opens a file for reading (S6). With `hold` it is read once and kept in memory, as UTF-8. `presumed`: its encoding, where
 * that is not to be found out by reading all of it.
 */
export function openTextFile(
  source: ByteSource,
  limits: ScanLimits,
  hold: boolean,
  presumed?: FileEncoding,
): TextFile {
  const raw = hold ? bufferSource(readWhole(source)) : source;
  const encoding = presumed ?? detectEncoding(raw);
  let whole: Buffer | undefined;
  if (hold && encoding.name === 'utf-8') whole = readWhole(raw).subarray(encoding.markBytes);
  else if (hold) whole = Buffer.concat([...utf8Blocks(raw, encoding)]);
  const blocks = () => (whole === undefined ? utf8Blocks(source, encoding) : [whole]);

  const offset = encoding.name === 'utf-8' ? encoding.markBytes : undefined;
  const header = readHeader(blocks, limits);
  const notes = encodingNotes(encoding);
  if (header.delimiter !== ',') notes.push({ code: 'delimiter-recognised', value: header.delimiter });
  return { ...header, notes, cutInCharacter: encoding.cutInCharacter, blocks, offset, whole };
}
