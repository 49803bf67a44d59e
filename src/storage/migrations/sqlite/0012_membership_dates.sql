-- database: tenant
-- A patron's memberships are read by this index alone: their rows lie section by section, so each would be another page.

DROP INDEX section_member_patron;
CREATE INDEX section_member_patron ON section_member (tenant_id, patron_id, section_id, start_date, end_date, inactive_since);

-- What the planner is to think of the sizes, as in 0002.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('section_member', 'section_member_patron', '1000000 1000000 10 1 1 1 1');
ANALYZE sqlite_schema;
