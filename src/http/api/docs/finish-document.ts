import type { Operation } from '../../../contract/operation.ts';

type Json = { [name: string]: Json } | Json[] | string | number | boolean | null | undefined;
type Members = { [name: string]: Json };

/** Puts in what no schema says (bodies that are files) and takes out what nothing refers to. */
export function finishDocument<T extends object>(document: T, operations: readonly Operation[]): T {
  const whole = structuredClone(document) as unknown as Members;
  for (const operation of operations) {
    if (operation.upload === undefined) continue;
    const path = (whole['paths'] as Members)[`/api/v1${operation.path}`] as Members;
    (path[operation.method.toLowerCase()] as Members)['requestBody'] = fileBody(operation.upload);
  }
  dropUnused(whole);
  return JSON.parse(JSON.stringify(whole), withoutNoise) as T;
}

const integerMax = Number.MAX_SAFE_INTEGER;

/** Bounds that every integer has say nothing, nor does the name of a missing description. */
function withoutNoise(name: string, value: Json): Json {
  if ((name === 'maximum' && value === integerMax) || (name === 'minimum' && value === -integerMax)) {
    return undefined;
  }
  return name === 'description' && value === 'Default Response' ? 'Done.' : value;
}

function fileBody(description: string): Members {
  return {
    description,
    required: true,
    content: {
      'multipart/form-data': {
        schema: {
          type: 'object',
          properties: { file: { type: 'string', contentMediaType: 'text/csv' } },
          required: ['file'],
        },
      },
      'text/csv': { schema: { type: 'string' } },
      'application/zip': { schema: { type: 'string', contentMediaType: 'application/zip' } },
    },
  };
}

/** Each registered schema is described twice, as it comes in and as it goes out; seldom are both used. */
function dropUnused(document: Members): void {
  const components = document['components'] as Members;
  const schemas = components['schemas'] as Members;
  for (;;) {
    const text = JSON.stringify(document);
    const unused = Object.keys(schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    if (unused.length === 0) return;
    for (const name of unused) delete schemas[name];
  }
}
