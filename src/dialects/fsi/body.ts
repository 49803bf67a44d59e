import type { FastifyRequest } from 'fastify';
import type { FsiInput } from './action.ts';
import { decoderOf, textOf } from './charset.ts';
import { multipartFields, urlencodedFields } from './form-body.ts';
import { shapeForm, type FormField } from './form-fields.ts';
import { FrameworkError } from './framework-error.ts';

/** A request's members, and whether they came as JSON: the answer's shape follows (F1). */
export interface FsiBody {
  readonly input: FsiInput;
  readonly isJson: boolean;
}

/** As deep as the framework itself would follow. */
const depthMax = 100;

/** F1: which kind of body the `Content-Type` announces; its parameters do not matter for that. */
export function isJsonType(contentType: string | undefined): boolean {
  return mediaType(contentType) === 'application/json';
}

/** Reads the body of a call; `FrameworkError` (F17) where it is none. */
export async function readBody(request: FastifyRequest): Promise<FsiBody> {
  const { headers } = request;
  const type = headers['content-type'];
  const encoding = headers['content-encoding']?.toLowerCase();
  if (encoding !== undefined && encoding !== 'identity') {
    throw new FrameworkError(
      'Send the body as it is, without Content-Encoding.',
      'System.NotSupportedException',
    );
  }
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  switch (mediaType(type)) {
    case 'application/json':
      return { input: parseJson(textOf(bytes, type)), isJson: true };
    case 'application/x-www-form-urlencoded':
      return { input: shaped(urlencodedFields(textOf(bytes, type), decoderOf(type))), isJson: false };
    case 'multipart/form-data':
      return { input: shaped(await multipartFields(bytes, headers)), isJson: false };
    default:
      throw new FrameworkError(
        'The Content-Type is not one of application/json, application/x-www-form-urlencoded and multipart/form-data.',
        'System.InvalidOperationException',
      );
  }
}

function mediaType(contentType = ''): string {
  return contentType.split(';', 1)[0]!.trim().toLowerCase();
}

function parseJson(text: string): FsiInput {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new FrameworkError('The body is not valid JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new FrameworkError('The body is JSON, but no object.', 'System.InvalidOperationException');
  }
  refuseDeep(parsed);
  return parsed as FsiInput;
}

/** Level by level and not by recursion, which a deep text could exhaust. */
function refuseDeep(parsed: object): void {
  let level: object[] = [parsed];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthMax) throw new FrameworkError(`The JSON is nested deeper than ${depthMax} levels.`);
    const next: object[] = [];
    for (const value of level) {
      for (const inner of Object.values(value) as unknown[]) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    level = next;
  }
}

function shaped(fields: readonly FormField[]): FsiInput {
  const input = shapeForm(fields);
  if (input === undefined) throw new FrameworkError('The form has too many fields, or too deep ones.');
  return input;
}
