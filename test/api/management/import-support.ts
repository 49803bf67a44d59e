import { randomUUID } from 'node:crypto';
import type { LeaseHolder } from '../../../src/ports/system-store.ts';
import type { TestServer } from '../../support/server.ts';
import { request, type ApiAnswer, type ApiRequest } from './support.ts';

/** Posts a CSV as a bare body to `/imports?…`. */
export function postCsv(
  server: TestServer,
  query: string,
  csv: string,
  options: Omit<ApiRequest, 'body'> = {},
): Promise<ApiAnswer> {
  return request(server, 'POST', `/imports?${query}`, {
    ...options,
    body: csv,
    headers: { 'content-type': 'text/csv', ...options.headers },
  });
}

/** A multipart body with one file part, as curl shapes it. */
export function fileForm(csv: string, fileName: string): Pick<ApiRequest, 'body' | 'headers'> {
  const boundary = '------------------------d74496d66958873e';
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: text/csv\r\n\r\n${csv}\r\n--${boundary}--\r\n`,
  };
}

/** The right to do imports, held by a process that is not there: every run waits until it is let go. */
export interface HeldImports {
  /** What that process says of a run. */
  report(progress: { runId: number; rowsRead: number; subjectsPlanned: number }): Promise<void>;
  letGo(): Promise<void>;
}

export async function holdImports({ context, store }: TestServer): Promise<HeldImports> {
  const { system } = context.storage;
  const holder: LeaseHolder = { holder: randomUUID(), host: 'another-host.example', pid: 1 };
  // A heartbeat far ahead never expires, however slow the test is.
  const beat = Date.now() + 24 * 60 * 60_000;
  const { id } = store.tenant;
  if (!(await system.acquireLease(id, 'imports', holder, beat, 1, () => false))) {
    throw new Error('an import is being done');
  }
  return {
    report: async (progress) => {
      const whole = { subjectsTotal: 0, applied: 0, ...progress };
      if (!(await system.renewLease(id, 'imports', holder, beat, whole))) throw new Error('lost');
    },
    letGo: () => system.releaseLease(id, 'imports', holder),
  };
}

/** Asks again until the answer is the one waited for; the test's own time limit ends it otherwise. */
export async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
  }
}
