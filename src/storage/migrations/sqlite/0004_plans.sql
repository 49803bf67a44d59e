-- database: tenant
-- Why a run is held, and what its plan comes to for people: both JSON.
ALTER TABLE import_run ADD COLUMN held_for TEXT NOT NULL DEFAULT '[]';
ALTER TABLE import_run ADD COLUMN consequences TEXT;

-- The patrons of a plan, a few hundred a row. items: JSON as ports/plans.ts has it, zstd; of a plan that was
-- applied only which patrons it touched. losing_count of them, the first ones, lose something.
CREATE TABLE plan_part (
  tenant_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  part INTEGER NOT NULL,
  item_count INTEGER NOT NULL,
  losing_count INTEGER NOT NULL,
  items BLOB NOT NULL,
  PRIMARY KEY (tenant_id, run_id, part),
  FOREIGN KEY (tenant_id, run_id) REFERENCES import_run (tenant_id, id)
) STRICT;
