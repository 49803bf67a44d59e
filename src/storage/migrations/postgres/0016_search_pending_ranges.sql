-- Patrons with ids from first_id to last_id, whom a large import has written one after the other and left to be indexed
-- after its answer: a row for each of them was a sixth of what writing new patrons costs. Those of a tenant do not
-- overlap. Single ones stand in search_pending as before.
CREATE TABLE search_pending_range (
  tenant_id bigint NOT NULL,
  first_id bigint NOT NULL,
  last_id bigint NOT NULL,
  PRIMARY KEY (tenant_id, first_id)
);

ALTER TABLE search_pending_range ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_pending_range FORCE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON search_pending_range
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
