-- A patron's memberships are read by this index alone: their rows lie section by section, so each would be another page.

DROP INDEX section_member_patron;
CREATE INDEX section_member_patron ON section_member (tenant_id, patron_id, section_id)
  INCLUDE (start_date, end_date, inactive_since);
