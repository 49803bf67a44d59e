-- database: tenant
-- Organizations, what they lend, groups with their sections and members, and the authorization sets they get. Dates are
-- the numbers yyyymmdd, statuses those of schema/codes.ts: 1 active, 2 upcoming, 3 inactive. A stored status is what
-- the last import, edit or daily run found; access is always worked out from the dates (W2). search_text is the folded
-- identifier and name.

CREATE TABLE organization (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  search_text TEXT NOT NULL,
  created_run INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE resource_type (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  name TEXT NOT NULL,
  restricted INTEGER NOT NULL,
  search_text TEXT NOT NULL,
  created_run INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, identifier)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkout_center (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  portal_restricted INTEGER NOT NULL,
  wco_restricted INTEGER NOT NULL,
  search_text TEXT NOT NULL,
  created_run INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE authorization_set (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  organization_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  start_date INTEGER,
  end_date INTEGER,
  inactive_since INTEGER,
  search_text TEXT NOT NULL,
  created_run INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, identifier),
  FOREIGN KEY (tenant_id, organization_id) REFERENCES organization (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX authorization_set_organization ON authorization_set (tenant_id, organization_id);
-- Only what a daily run or a calendar may ask for: those still to start, and those still to end.
CREATE INDEX authorization_set_starts ON authorization_set (tenant_id, start_date, id) WHERE status = 2;
CREATE INDEX authorization_set_ends ON authorization_set (tenant_id, end_date, id) WHERE status <> 3 AND end_date IS NOT NULL;

-- What a set grants, or nests. kind: schema/codes.ts; target_id: a resource type, checkout center or set by it.
CREATE TABLE set_entry (
  tenant_id INTEGER NOT NULL,
  set_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  target_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, set_id, kind, target_id),
  FOREIGN KEY (tenant_id, set_id) REFERENCES authorization_set (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Upwards: which sets grant it.
CREATE INDEX set_entry_target ON set_entry (tenant_id, kind, target_id, set_id);

-- Other organizations that may use a set (W17).
CREATE TABLE set_delegation (
  tenant_id INTEGER NOT NULL,
  set_id INTEGER NOT NULL,
  organization_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, set_id, organization_id),
  FOREIGN KEY (tenant_id, set_id) REFERENCES authorization_set (tenant_id, id),
  FOREIGN KEY (tenant_id, organization_id) REFERENCES organization (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX set_delegation_organization ON set_delegation (tenant_id, organization_id);

CREATE TABLE patron_group (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  note TEXT NOT NULL,
  organization_id INTEGER NOT NULL,
  primary_set_id INTEGER,
  status INTEGER NOT NULL,
  start_date INTEGER,
  end_date INTEGER,
  inactive_since INTEGER,
  contact_patron_id INTEGER,
  contact_role TEXT NOT NULL,
  telephone TEXT NOT NULL,
  email TEXT NOT NULL,
  url TEXT NOT NULL,
  contact_note TEXT NOT NULL,
  search_text TEXT NOT NULL,
  created_run INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, identifier),
  FOREIGN KEY (tenant_id, organization_id) REFERENCES organization (tenant_id, id),
  FOREIGN KEY (tenant_id, primary_set_id) REFERENCES authorization_set (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_patron_id) REFERENCES patron (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX patron_group_organization ON patron_group (tenant_id, organization_id);
CREATE INDEX patron_group_set ON patron_group (tenant_id, primary_set_id) WHERE primary_set_id IS NOT NULL;
CREATE INDEX patron_group_contact ON patron_group (tenant_id, contact_patron_id) WHERE contact_patron_id IS NOT NULL;
CREATE INDEX patron_group_starts ON patron_group (tenant_id, start_date, id) WHERE status = 2;
CREATE INDEX patron_group_ends ON patron_group (tenant_id, end_date, id) WHERE status <> 3 AND end_date IS NOT NULL;

CREATE TABLE section (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  identifier TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  note TEXT NOT NULL,
  group_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  start_date INTEGER,
  end_date INTEGER,
  inactive_since INTEGER,
  contact_patron_id INTEGER,
  contact_role TEXT NOT NULL,
  telephone TEXT NOT NULL,
  email TEXT NOT NULL,
  url TEXT NOT NULL,
  contact_note TEXT NOT NULL,
  search_text TEXT NOT NULL,
  created_run INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, identifier),
  FOREIGN KEY (tenant_id, group_id) REFERENCES patron_group (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_patron_id) REFERENCES patron (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX section_group ON section (tenant_id, group_id);
CREATE INDEX section_contact ON section (tenant_id, contact_patron_id) WHERE contact_patron_id IS NOT NULL;
CREATE INDEX section_starts ON section (tenant_id, start_date, id) WHERE status = 2;
CREATE INDEX section_ends ON section (tenant_id, end_date, id) WHERE status <> 3 AND end_date IS NOT NULL;

-- No foreign key to patron: looking up a million of them, in no order, would double the time of a first import. What
-- removes patrons sees to it that they are members nowhere.
CREATE TABLE section_member (
  tenant_id INTEGER NOT NULL,
  section_id INTEGER NOT NULL,
  patron_id INTEGER NOT NULL,
  status INTEGER NOT NULL,
  start_date INTEGER,
  end_date INTEGER,
  inactive_since INTEGER,
  created_run INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, section_id, patron_id),
  FOREIGN KEY (tenant_id, section_id) REFERENCES section (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX section_member_patron ON section_member (tenant_id, patron_id, section_id);
CREATE INDEX section_member_starts ON section_member (tenant_id, start_date, section_id, patron_id) WHERE status = 2;
CREATE INDEX section_member_ends ON section_member (tenant_id, end_date, section_id, patron_id) WHERE status <> 3 AND end_date IS NOT NULL;

-- The journal of all of these: before and after of every change that is not the creation by an import. Its ids are
-- taken from the sequence of the patrons' journal, so that both can be read as one. patron_id: of a member, whose
-- record_id is its section.
CREATE TABLE record_change (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  run_id INTEGER,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  channel TEXT NOT NULL,
  entity INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  patron_id INTEGER,
  action INTEGER NOT NULL,
  before TEXT,
  after TEXT,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX record_change_record ON record_change (tenant_id, record_id, entity, id);
CREATE INDEX record_change_patron ON record_change (tenant_id, patron_id, id) WHERE patron_id IS NOT NULL;
CREATE INDEX record_change_run ON record_change (tenant_id, run_id, entity, record_id) WHERE run_id IS NOT NULL;

-- One row a local date that was run (W3), kept for good; what changed then is below.
CREATE TABLE daily_run (
  tenant_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  at INTEGER NOT NULL,
  activated INTEGER NOT NULL,
  inactivated INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, day)
) STRICT, WITHOUT ROWID;

-- patron_id: of a member, whose record_id is its section; of others 0.
CREATE TABLE status_change (
  tenant_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  entity INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  patron_id INTEGER NOT NULL,
  from_status INTEGER NOT NULL,
  to_status INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, day, entity, record_id, patron_id),
  FOREIGN KEY (tenant_id, day) REFERENCES daily_run (tenant_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX status_change_patron ON status_change (tenant_id, patron_id, day) WHERE patron_id > 0;

-- What an operator let a patron have though no set grants it (W20).
CREATE TABLE access_override (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  operator TEXT NOT NULL,
  patron_id INTEGER NOT NULL,
  target_kind INTEGER NOT NULL,
  target_id INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patron_id) REFERENCES patron (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX access_override_patron ON access_override (tenant_id, patron_id, id);

-- What the planner is to think of the sizes, as in 0002.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('organization', 'organization', '100 100 1'),
  ('resource_type', 'resource_type', '2000 2000 1'),
  ('checkout_center', 'checkout_center', '100 100 1'),
  ('authorization_set', 'authorization_set', '2000 2000 1'),
  ('authorization_set', 'authorization_set_organization', '2000 2000 20 1'),
  ('authorization_set', 'authorization_set_starts', '100 100 10 1'),
  ('authorization_set', 'authorization_set_ends', '1000 1000 50 1'),
  ('set_entry', 'set_entry', '20000 20000 10 5 1'),
  ('set_entry', 'set_entry_target', '20000 20000 5000 10 1'),
  ('set_delegation', 'set_delegation', '1000 1000 2 1'),
  ('set_delegation', 'set_delegation_organization', '1000 1000 10 1'),
  ('patron_group', 'patron_group', '5000 5000 1'),
  ('patron_group', 'patron_group_organization', '5000 5000 50 1'),
  ('patron_group', 'patron_group_set', '5000 5000 3 1'),
  ('patron_group', 'patron_group_contact', '1000 1000 2 1'),
  ('patron_group', 'patron_group_starts', '100 100 10 1'),
  ('patron_group', 'patron_group_ends', '1000 1000 50 1'),
  ('section', 'section', '20000 20000 1'),
  ('section', 'section_group', '20000 20000 4 1'),
  ('section', 'section_contact', '10000 10000 4 1'),
  ('section', 'section_starts', '1000 1000 50 1'),
  ('section', 'section_ends', '10000 10000 200 1'),
  ('section_member', 'section_member', '1000000 1000000 50 1'),
  ('section_member', 'section_member_patron', '1000000 1000000 10 1'),
  ('section_member', 'section_member_starts', '100000 100000 5000 20 1'),
  ('section_member', 'section_member_ends', '1000000 1000000 20000 50 1'),
  ('record_change', 'record_change', '1000000 1000000 1'),
  ('record_change', 'record_change_record', '1000000 1000000 50 40 1'),
  ('record_change', 'record_change_patron', '1000000 1000000 5 1'),
  ('record_change', 'record_change_run', '1000000 1000000 5000 2000 20 1'),
  ('daily_run', 'daily_run', '1000 1000 1'),
  ('status_change', 'status_change', '1000000 1000000 5000 5000 50 1'),
  ('status_change', 'status_change_patron', '1000000 1000000 5 1 1 1'),
  ('access_override', 'access_override', '10000 10000 1'),
  ('access_override', 'access_override_patron', '10000 10000 3 1');
ANALYZE sqlite_schema;
