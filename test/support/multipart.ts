export interface FormPart {
  /** Header lines of the part as they stand on the wire. */
  readonly headers: readonly string[];
  readonly body: string | Buffer;
}

/** The bytes of a multipart body, nothing added to what is given. */
export function multipartBody(parts: readonly FormPart[], boundary: string): Buffer {
  const pieces = parts.flatMap(({ headers, body }) => [
    Buffer.from(`--${boundary}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`),
    Buffer.from(body as string),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

/** A file part as curl writes it. */
export function filePart(body: string | Buffer, fileName = 'contacts.csv'): FormPart {
  return {
    headers: [
      `Content-Disposition: form-data; name="file"; filename="${fileName}"`,
      'Content-Type: text/csv',
    ],
    body,
  };
}
