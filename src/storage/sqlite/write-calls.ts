import type { PlainError } from '../../domain/plain-error.ts';
import type { EngineTools, SearchDocument, Value } from '../stores/context.ts';

/** What the write thread needs to open the same file. */
export interface ThreadSettings {
  readonly file: string;
  readonly tenantId: number;
  readonly busyTimeoutMs: number;
  readonly cacheKib: number;
  readonly writeWaitMs: number;
  readonly walBytesMax: number;
}

export type IndexChange = 'patronsInserted' | 'patronsChanged' | 'emailsInserted';
export type IndexRemoval = 'patronsRemoved' | 'emailsRemoved';

type Call =
  | { readonly call: 'begin' | 'flush' | 'commit' | 'end' }
  | { readonly call: 'execute'; readonly sql: string; readonly parameters: readonly Value[] }
  | { readonly call: 'insertRows'; readonly args: Parameters<EngineTools['insertRows']> }
  | { readonly call: 'updateRows'; readonly args: Parameters<EngineTools['updateRows']> }
  | { readonly call: 'deleteRows'; readonly args: Parameters<EngineTools['deleteRows']> }
  | { readonly call: 'index'; readonly change: IndexChange; readonly documents: readonly SearchDocument[] }
  | { readonly call: 'index'; readonly change: IndexRemoval; readonly documents: readonly number[] };

/** What the planning thread asks of the write thread. */
export type ThreadRequest = Call;
export type ThreadCall = Call & { readonly id: number };

export type ThreadAnswer =
  | { readonly id: number; readonly result: unknown; readonly error?: undefined }
  | { readonly id: number; readonly error: PlainError };
