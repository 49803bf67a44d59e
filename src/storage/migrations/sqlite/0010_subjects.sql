-- database: tenant
-- Imports of other things than patrons: fingerprints of any subject, runs of several files.
ALTER TABLE fingerprint_void RENAME COLUMN patron_id TO subject_id;

-- The files of a run that has several: JSON as ports/runs.ts has it. file: the place in that list, from 0.
ALTER TABLE import_run ADD COLUMN files TEXT NOT NULL DEFAULT '[]';

ALTER TABLE import_run_row RENAME TO import_run_row_before;

CREATE TABLE import_run_row (
  tenant_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  file INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT,
  column_name TEXT,
  value TEXT,
  suggestion TEXT,
  patron_id INTEGER,
  PRIMARY KEY (tenant_id, run_id, file, row_number, seq),
  FOREIGN KEY (tenant_id, run_id) REFERENCES import_run (tenant_id, id)
) STRICT, WITHOUT ROWID;

INSERT INTO import_run_row
  (tenant_id, run_id, file, row_number, seq, outcome, code, column_name, value, suggestion, patron_id)
SELECT tenant_id, run_id, 0, row_number, seq, outcome, code, column_name, value, suggestion, patron_id
FROM import_run_row_before;
DROP TABLE import_run_row_before;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('import_run_row', 'import_run_row', '1000000 1000000 1000 1000 2 1');
ANALYZE sqlite_schema;
