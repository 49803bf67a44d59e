import { adminAuthorization } from '../../support/server.ts';

/** An answer of the management API. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the body; undefined where it is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- each test knows the shape it asked for
  readonly body: any;
}

export interface ApiRequest {
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
  /** The value of `Authorization`; null sends none. */
  readonly authorization?: string | null;
}

/** Asks the management API: `request(server, 'GET', '/patrons?q=ada')`. As administrator unless told otherwise. */
export async function request(
  server: { readonly url: string },
  method: string,
  path: string,
  { json, body, headers = {}, authorization = adminAuthorization }: ApiRequest = {},
): Promise<ApiAnswer> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      ...(authorization === null ? {} : { authorization }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: json === undefined ? body : JSON.stringify(json),
  });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}
