import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A case as `conformance/README.md` describes it. */
export interface ConformanceCase {
  readonly title: string;
  readonly patrons: readonly string[];
  readonly steps: readonly Step[];
  readonly contacts?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
}

export type Step = ImportStep | RequestStep | ByHandStep | CallStep | ClientStep;

export interface ImportStep {
  readonly import: {
    readonly mode?: string;
    readonly lines?: readonly string[];
    readonly text?: string;
    readonly base64?: string;
  };
  readonly answer: {
    readonly status?: number;
    readonly success: boolean;
    readonly summary?: string;
    readonly summaryNames?: readonly string[];
    readonly details?: Readonly<Record<string, string>>;
  };
}

export interface RequestStep {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly as: 'administrator' | 'viewer' | 'stranger' | 'nobody';
    readonly type?: string;
    readonly body?: string;
  };
  readonly answer: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly success?: boolean;
    readonly summaryNames?: readonly string[];
  };
}

export interface ByHandStep {
  readonly byHand: {
    readonly patron: string;
    readonly add?: Readonly<Record<string, unknown>>;
    readonly contact?: string;
    readonly change?: Readonly<Record<string, unknown>>;
  };
}

/** A call of FSI's patron API; `{name}` in a text stands for what was saved under that name. */
export interface CallStep {
  readonly call: Readonly<Record<string, unknown>>;
  readonly as?: 'json' | 'form';
  readonly answer: Readonly<Record<string, unknown>>;
  /** Member of the answer → the name it is saved under. */
  readonly save?: Readonly<Record<string, string>>;
}

/** Something that happens to the API client of the case. */
export interface ClientStep {
  readonly client: 'revoked';
}

export interface CaseFile {
  /** Under `conformance/`. */
  readonly path: string;
  readonly cases: readonly ConformanceCase[];
}

/** Every file of cases there is. */
export function readCaseFiles(): CaseFile[] {
  const root = fileURLToPath(new URL('../../conformance/', import.meta.url));
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.json') && !path.startsWith('webcheckout'),
  );
  return paths.toSorted().map((path) => ({
    path,
    cases: JSON.parse(readFileSync(join(root, path), 'utf8')) as ConformanceCase[],
  }));
}

/** The bytes of the file that a step posts. */
export function fileOf({ lines, text = '', base64 }: ImportStep['import']): Buffer {
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  return Buffer.from(lines === undefined ? text : lines.map((line) => `${line}\n`).join(''));
}
