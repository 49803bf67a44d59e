import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import type { FastifyRequest } from 'fastify';
import { decoded, notReadable } from './charset.ts';
import type { FormField } from './form-fields.ts';
import { FrameworkError } from './framework-error.ts';

/** No script has so many. */
const partsMax = 2_000;

const escapes = /(?:%[0-9a-f]{2})+/gi;

/** The fields of an urlencoded form; a `%` that begins no escape stands for itself. */
export function urlencodedFields(text: string, decoder: TextDecoder): FormField[] {
  const unescaped = (part: string) =>
    part
      .replaceAll('+', ' ')
      .replace(escapes, (run) => decoded(Buffer.from(run.replaceAll('%', ''), 'hex'), decoder));
  return text
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? [unescaped(pair), '']
        : [unescaped(pair.slice(0, equals)), unescaped(pair.slice(equals + 1))];
    });
}

/** The fields of a multipart form; its files are passed over. */
export function multipartFields(bytes: Buffer, headers: FastifyRequest['headers']): Promise<FormField[]> {
  const refusal = () => new FrameworkError('The body is not a whole multipart form.');
  return new Promise((resolve, reject) => {
    const fields: FormField[] = [];
    try {
      const parser = new Busboy({
        headers: headers as BusboyHeaders,
        limits: { parts: partsMax, fieldSize: bytes.length, headerSize: 64 * 1024 },
      });
      parser.on('field', (name: string, value: string) => {
        // The parser puts this in place of letters that are not in the charset of their part.
        if (value.includes('\ufffd') && !bytes.includes('\ufffd')) reject(notReadable());
        fields.push([name, value]);
      });
      parser.on('file', (_name: string, file) => {
        file.on('error', () => reject(refusal()));
        file.resume();
      });
      // What comes after the limit is left out, and half a form would look like a whole one.
      parser.on('partsLimit', () => reject(new FrameworkError('The form has too many parts.')));
      parser.on('error', () => reject(refusal()));
      parser.on('finish', () => resolve(fields));
      parser.end(bytes);
    } catch {
      // No boundary is named.
      reject(refusal());
    }
  });
}
