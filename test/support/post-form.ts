import { filePart, multipartBody, type FormPart } from './multipart.ts';
import { postHead, rawRequest } from './raw-http.ts';
import { adminAuthorization, type ImportAnswer, type TestServer } from './server.ts';

export interface FormAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ImportAnswer['body'];
}

interface FormOptions {
  readonly boundary?: string;
  /** The whole header, where it is not the usual one. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly path?: string;
}

/** Posts a form byte for byte as given, with the credentials of `admin`. */
export async function postForm(
  server: Pick<TestServer, 'port'>,
  parts: readonly FormPart[] | Buffer,
  options: FormOptions = {},
): Promise<FormAnswer> {
  const { boundary = 'x-boundary-x', path } = options;
  const body = Buffer.isBuffer(parts) ? parts : multipartBody(parts, boundary);
  const head = postHead(
    {
      Authorization: adminAuthorization,
      'Content-Type': options.contentType ?? `multipart/form-data; boundary=${boundary}`,
      'Content-Length': body.length,
      ...options.headers,
    },
    path,
  );
  const answer = await rawRequest(server.port, Buffer.concat([Buffer.from(head), body]));
  return { ...answer, body: JSON.parse(answer.body) as FormAnswer['body'] };
}

/** A form with one file, shaped as curl shapes it. */
export function postFile(
  server: Pick<TestServer, 'port'>,
  file: string | Buffer,
  options: FormOptions = {},
): Promise<FormAnswer> {
  return postForm(server, [filePart(file)], options);
}
