import { FrameworkError } from './framework-error.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads by the charset of a `Content-Type`. A letter that cannot be read is refused and not replaced: it would be stored so. */
export function decoderOf(contentType: string | undefined): TextDecoder {
  const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  // Whole texts are decoded, so nothing of one is left in it for the next.
  if (charset.toLowerCase() === 'utf-8') return utf8;
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    throw notReadable();
  }
}

/** What is said of such a body (F17). */
export function notReadable(): FrameworkError {
  return new FrameworkError('The body is not text in the charset that it says it is; send UTF-8.');
}

/** A mark of the byte order at the beginning, which some .NET clients send, is left out. */
export function textOf(bytes: Buffer, contentType: string | undefined): string {
  return decoded(bytes, decoderOf(contentType));
}

/** The text of bytes, by a decoder of `decoderOf`. */
export function decoded(bytes: Buffer, decoder: TextDecoder): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw notReadable();
  }
}
