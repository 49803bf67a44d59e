import type { TestServer } from '../../support/server.ts';
import { campusFiles } from '../../support/webcheckout.ts';
import { postCsv } from '../management/import-support.ts';
import { request, type ApiAnswer, type ApiRequest } from '../management/support.ts';

/** Lines as a file. */
export const csvOf = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

export const groups = csvOf('unique-identifier,name,organization', 'FILM,Film 101,Film School');
export const sections = csvOf(
  'unique-identifier,name,group-unique-identifier',
  'FILM-A,Autumn,FILM',
  'FILM-B,Spring,FILM',
  'LOST,Lost,NO-SUCH',
);
export const members = csvOf(
  'section-unique-identifier,member-unique-identifier,start-date,end-date',
  'FILM-A,A1,,',
  'FILM-B,A2,,',
  'LOST,A3,,',
);
export const sets = csvOf(
  'name,unique-identifier,organization,group-unique-identifier,resource-types,authset',
  'All,ALL,Film School,FILM,CAMERA,LENSES',
  'Lenses,LENSES,Film School,,LENS,',
);
/** A delivery of four files, the last ones first; one section has no group. */
export const files = {
  'section-members.csv': members,
  'authorization-set.csv': sets,
  'section.csv': sections,
  'group.csv': groups,
};

/** Fills the organizations, things to lend and patrons that the files refer to. */
export async function seedCampus(server: TestServer): Promise<void> {
  for (const [kind, lines] of campusFiles) {
    const { body } = await postCsv(server, `kind=${kind}`, csvOf(...lines));
    if (body.state !== 'applied' || body.counts.failed > 0) throw new Error(`${kind}: ${body.summary}`);
  }
}

/** Posts files as the parts of one form, in the order given, as curl sends them. */
export function postFiles(
  server: TestServer,
  files: Readonly<Record<string, string>>,
  query = '',
  options: Pick<ApiRequest, 'authorization'> = {},
): Promise<ApiAnswer> {
  const boundary = '------------------------d74496d66958873e';
  const parts = Object.entries(files).map(
    ([name, text]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n${text}\r\n`,
  );
  return request(server, 'POST', `/imports?kind=webcheckout${query}`, {
    ...options,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${parts.join('')}--${boundary}--\r\n`,
  });
}

/** Posts one ZIP as the whole body. */
export function postZip(server: TestServer, zip: Buffer): Promise<ApiAnswer> {
  return request(server, 'POST', '/imports?kind=webcheckout', {
    headers: { 'content-type': 'application/zip' },
    body: zip,
  });
}

/** What a run has to say of rows, as `file row code value suggestion`. */
export async function rowNotesOf(server: TestServer, run: number): Promise<string[]> {
  const { body } = await request(server, 'GET', `/imports/${run}/rows?pageSize=200`);
  const items = body.items as Record<string, string | number | null>[];
  return items
    .filter(({ code }) => code !== null)
    .map(({ file, row, code, value, suggestion }) =>
      [file, row, code, value, suggestion].filter((part) => part !== null && part !== undefined).join(' '),
    );
}
