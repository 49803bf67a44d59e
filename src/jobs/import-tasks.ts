import type { PlainError } from '../domain/plain-error.ts';
import type { Progress } from '../ports/system-store.ts';
import type { ImportRequest, Upload } from '../sync/receive.ts';
import type { UploadToScan } from '../sync/scan-ahead.ts';

/** What the main thread asks of an import worker. */
export type ImportTask =
  | ReceiveTask
  | {
      readonly task: 'run';
      readonly tenant: string;
      readonly runId: number;
      /** Where the delivered bytes still lie, if they do. */
      readonly file: string | undefined;
    }
  /** Indexes what large imports have put off; answered with how much was done, 0 when nothing is left. */
  | { readonly task: 'catch-up'; readonly tenant: string }
  /** Answered with run 0: the thread lives and has its storage open. */
  | { readonly task: 'ping' };

/** Scans an upload that is still arriving, as long as nothing else is asked for but to store it. Not answered. */
export interface ScanTask {
  readonly task: 'scan-arriving';
  readonly tenant: string;
  readonly upload: UploadToScan;
}

/** Stores an upload; answered with its run. */
export interface ReceiveTask {
  readonly task: 'receive';
  readonly tenant: string;
  readonly upload: Upload;
  readonly request: ImportRequest;
}

/** What a worker needs to open the same storage. */
export interface WorkerSettings {
  readonly dataDir: string;
  /** Unset for the embedded database. */
  readonly databaseUrl: string | undefined;
  readonly spillDir: string;
}

export type WorkerAnswer =
  | { readonly answer: 'progress'; readonly progress: Progress }
  /** `result`: the run's id, or what the task says it is answered with. */
  | { readonly answer: 'done'; readonly result: number }
  | { readonly answer: 'failed'; readonly error: PlainError };
