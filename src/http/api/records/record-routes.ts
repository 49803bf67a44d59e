import type { z } from 'zod';
import type { recordOperations } from '../../../contract/record-operations.ts';
import { listRecordHistory } from '../../../directory/list-record-history.ts';
import { getRecord, recordEditor, type RecordEditor } from '../../../directory/record-editor.ts';
import type { Today } from '../../../domain/access/today.ts';
import { identifierOf, type RecordEntity } from '../../../domain/records.ts';
import type { Capability } from '../../../ports/accounts.ts';
import type { RecordFilter, StoredRecord } from '../../../ports/records.ts';
import type { TenantReader, TenantTransactor } from '../../../ports/tenant-store.ts';
import type { Caller } from '../caller.ts';
import { serveOperation, type Api, type Call } from '../serve-operation.ts';

type Operations<
  Answer extends z.ZodType,
  Create extends z.ZodType,
  Change extends z.ZodType,
  Filter extends z.ZodRawShape,
> = ReturnType<typeof recordOperations<Answer, Create, Change, Filter>>;

/** How the records of one entity are shown, filtered and saved. */
interface RecordServing<E extends RecordEntity, Answer, Create, Change, Filter> {
  readonly entity: E;
  /** What is needed to make or change one. */
  readonly editedWith: Capability;
  view(reader: TenantReader, records: readonly StoredRecord<E>[], today: Today): Promise<Answer[]> | Answer[];
  /** The filter of the store; undefined where nothing can match. */
  filter?(
    reader: TenantReader,
    query: Filter,
  ): Promise<Pick<RecordFilter, 'parentId' | 'status'> | undefined>;
  create(tx: TenantTransactor, body: Create, by: RecordEditor): Promise<StoredRecord<E>>;
  change(
    tx: TenantTransactor,
    before: StoredRecord<E>,
    body: Change,
    by: RecordEditor,
  ): Promise<StoredRecord<E>>;
}

/** The caller as the one who edits, now. */
export function editorOf({ services }: Api, { store, account, actor }: Caller): RecordEditor {
  return recordEditor(store.tenant, account, actor, services.clock.now());
}

/** Mounts the five operations that records of every entity have. */
export function serveRecords<
  E extends RecordEntity,
  Answer extends z.ZodType,
  Create extends z.ZodType,
  Change extends z.ZodType,
  Filter extends z.ZodRawShape,
>(
  api: Api,
  operations: Operations<Answer, Create, Change, Filter>,
  serving: RecordServing<
    E,
    z.output<Answer>,
    z.output<Create>,
    z.output<Change>,
    z.output<z.ZodObject<Filter>>
  >,
): void {
  const { entity, editedWith } = serving;
  const shown = async (reader: TenantReader, record: StoredRecord<E>, { today }: RecordEditor) =>
    (await serving.view(reader, [record], today))[0]!;

  serveOperation(api, operations.list, {
    capability: 'view',
    handle: (call: Call<typeof operations.list>) =>
      call.store.snapshot(async (reader) => {
        const { q, page, pageSize, ...others } = call.query as unknown as RecordFilter &
          z.output<z.ZodObject<Filter>>;
        const narrowed = serving.filter ? await serving.filter(reader, others as never) : {};
        if (narrowed === undefined) return { items: [], total: 0, page, pageSize } as never;
        const found = await reader.records[entity].list({ q: q ?? '', page, pageSize, ...narrowed });
        const items = await serving.view(reader, found.items, editorOf(api, call).today);
        return { items, total: found.total, page, pageSize } as never;
      }),
  });

  serveOperation(api, operations.create, {
    capability: editedWith,
    handle: async (call: Call<typeof operations.create>) => {
      const by = editorOf(api, call);
      const answer = await call.store.transact(async (tx) => {
        const record = await serving.create(tx, call.body as z.output<Create>, by);
        return { identifier: identifierOf(record), shown: await shown(tx, record, by) };
      });
      const path = `/api/v1${operations.create.path}/${encodeURIComponent(answer.identifier)}`;
      call.reply.header('location', path);
      return answer.shown as never;
    },
  });

  serveOperation(api, operations.get, {
    capability: 'view',
    handle: (call: Call<typeof operations.get>) =>
      call.store.snapshot(async (reader) => {
        const record = await getRecord(reader, entity, call.params.id);
        return (await shown(reader, record, editorOf(api, call))) as never;
      }),
  });

  serveOperation(api, operations.change, {
    capability: editedWith,
    handle: (call: Call<typeof operations.change>) => {
      const by = editorOf(api, call);
      return call.store.transact(async (tx) => {
        const before = await getRecord(tx, entity, call.params.id);
        const record = await serving.change(tx, before, call.body as z.output<Change>, by);
        return (await shown(tx, record, by)) as never;
      });
    },
  });

  serveOperation(api, operations.history, {
    capability: 'view',
    handle: (call: Call<typeof operations.history>) =>
      call.store.snapshot(async (reader) => {
        const { page, pageSize } = call.query;
        const record = await getRecord(reader, entity, call.params.id);
        const { items, total } = await listRecordHistory(reader, entity, record, { page, pageSize });
        return { items: [...items], total, page, pageSize };
      }),
  });
}
