-- Imports of other things than patrons: fingerprints of any subject, runs of several files.
ALTER TABLE fingerprint_void RENAME COLUMN patron_id TO subject_id;

-- The files of a run that has several: JSON as ports/runs.ts has it. file: the place in that list, from 0.
ALTER TABLE import_run ADD COLUMN files text COLLATE "C" NOT NULL DEFAULT '[]';

ALTER TABLE import_run_row ADD COLUMN file bigint NOT NULL DEFAULT 0;
ALTER TABLE import_run_row ALTER COLUMN file DROP DEFAULT;
ALTER TABLE import_run_row DROP CONSTRAINT import_run_row_pkey;
ALTER TABLE import_run_row ADD PRIMARY KEY (tenant_id, run_id, file, row_number, seq);
