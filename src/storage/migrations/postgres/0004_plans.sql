-- Why a run is held, and what its plan comes to for people: both JSON.
ALTER TABLE import_run ADD COLUMN held_for text COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE import_run ADD COLUMN consequences text COLLATE "C";

-- The patrons of a plan, a few hundred a row. items: JSON as ports/plans.ts has it, zstd; of a plan that was
-- applied only which patrons it touched. losing_count of them, the first ones, lose something.
CREATE TABLE plan_part (
  tenant_id bigint NOT NULL,
  run_id bigint NOT NULL,
  part bigint NOT NULL,
  item_count bigint NOT NULL,
  losing_count bigint NOT NULL,
  items bytea NOT NULL,
  PRIMARY KEY (tenant_id, run_id, part),
  FOREIGN KEY (tenant_id, run_id) REFERENCES import_run (tenant_id, id)
);

-- Packed already.
ALTER TABLE plan_part ALTER COLUMN items SET STORAGE EXTERNAL;

ALTER TABLE plan_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_part FORCE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON plan_part
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
