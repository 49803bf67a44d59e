import { expect, test } from 'vitest';
import type { TenantTables } from '../schema/tables.ts';
import { SqliteConnection } from './connection.ts';
import { kyselyOn } from './kysely.ts';

test('limits and offsets are no bare parameters, for which SQLite would plan at every run', () => {
  using connection = new SqliteConnection(':memory:', { busyTimeoutMs: 0 });
  const db = kyselyOn<TenantTables>(connection);
  const { sql } = db.selectFrom('patron').select('id').limit(5).offset(10).compile();
  expect(sql).toBe('select "id" from "patron" limit ? + 0 offset ? + 0');
});
