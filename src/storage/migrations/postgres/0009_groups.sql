-- Organizations, what they lend, groups with their sections and members, and the authorization sets they get. Dates are
-- the numbers yyyymmdd, statuses those of schema/codes.ts: 1 active, 2 upcoming, 3 inactive. A stored status is what
-- the last import, edit or daily run found; access is always worked out from the dates (W2). search_text is the folded
-- identifier and name.

CREATE TABLE organization (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  search_text text COLLATE "C" NOT NULL,
  created_run bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
);

CREATE TABLE resource_type (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  identifier text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  restricted bigint NOT NULL,
  search_text text COLLATE "C" NOT NULL,
  created_run bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, identifier)
);

CREATE TABLE checkout_center (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  portal_restricted bigint NOT NULL,
  wco_restricted bigint NOT NULL,
  search_text text COLLATE "C" NOT NULL,
  created_run bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
);

CREATE TABLE authorization_set (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  identifier text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  description text COLLATE "C" NOT NULL,
  organization_id bigint NOT NULL,
  status bigint NOT NULL,
  start_date bigint,
  end_date bigint,
  inactive_since bigint,
  search_text text COLLATE "C" NOT NULL,
  created_run bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, identifier),
  FOREIGN KEY (tenant_id, organization_id) REFERENCES organization (tenant_id, id)
);

CREATE INDEX authorization_set_organization ON authorization_set (tenant_id, organization_id);
-- Only what a daily run or a calendar may ask for: those still to start, and those still to end.
CREATE INDEX authorization_set_starts ON authorization_set (tenant_id, start_date, id) WHERE status = 2;
CREATE INDEX authorization_set_ends ON authorization_set (tenant_id, end_date, id) WHERE status <> 3 AND end_date IS NOT NULL;

-- What a set grants, or nests. kind: schema/codes.ts; target_id: a resource type, checkout center or set by it.
CREATE TABLE set_entry (
  tenant_id bigint NOT NULL,
  set_id bigint NOT NULL,
  kind bigint NOT NULL,
  target_id bigint NOT NULL,
  PRIMARY KEY (tenant_id, set_id, kind, target_id),
  FOREIGN KEY (tenant_id, set_id) REFERENCES authorization_set (tenant_id, id)
);

-- Upwards: which sets grant it.
CREATE INDEX set_entry_target ON set_entry (tenant_id, kind, target_id, set_id);

-- Other organizations that may use a set (W17).
CREATE TABLE set_delegation (
  tenant_id bigint NOT NULL,
  set_id bigint NOT NULL,
  organization_id bigint NOT NULL,
  PRIMARY KEY (tenant_id, set_id, organization_id),
  FOREIGN KEY (tenant_id, set_id) REFERENCES authorization_set (tenant_id, id),
  FOREIGN KEY (tenant_id, organization_id) REFERENCES organization (tenant_id, id)
);

CREATE INDEX set_delegation_organization ON set_delegation (tenant_id, organization_id);

CREATE TABLE patron_group (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  identifier text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  description text COLLATE "C" NOT NULL,
  note text COLLATE "C" NOT NULL,
  organization_id bigint NOT NULL,
  primary_set_id bigint,
  status bigint NOT NULL,
  start_date bigint,
  end_date bigint,
  inactive_since bigint,
  contact_patron_id bigint,
  contact_role text COLLATE "C" NOT NULL,
  telephone text COLLATE "C" NOT NULL,
  email text COLLATE "C" NOT NULL,
  url text COLLATE "C" NOT NULL,
  contact_note text COLLATE "C" NOT NULL,
  search_text text COLLATE "C" NOT NULL,
  created_run bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, identifier),
  FOREIGN KEY (tenant_id, organization_id) REFERENCES organization (tenant_id, id),
  FOREIGN KEY (tenant_id, primary_set_id) REFERENCES authorization_set (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_patron_id) REFERENCES patron (tenant_id, id)
);

CREATE INDEX patron_group_organization ON patron_group (tenant_id, organization_id);
CREATE INDEX patron_group_set ON patron_group (tenant_id, primary_set_id) WHERE primary_set_id IS NOT NULL;
CREATE INDEX patron_group_contact ON patron_group (tenant_id, contact_patron_id) WHERE contact_patron_id IS NOT NULL;
CREATE INDEX patron_group_starts ON patron_group (tenant_id, start_date, id) WHERE status = 2;
CREATE INDEX patron_group_ends ON patron_group (tenant_id, end_date, id) WHERE status <> 3 AND end_date IS NOT NULL;

CREATE TABLE section (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  identifier text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  description text COLLATE "C" NOT NULL,
  note text COLLATE "C" NOT NULL,
  group_id bigint NOT NULL,
  status bigint NOT NULL,
  start_date bigint,
  end_date bigint,
  inactive_since bigint,
  contact_patron_id bigint,
  contact_role text COLLATE "C" NOT NULL,
  telephone text COLLATE "C" NOT NULL,
  email text COLLATE "C" NOT NULL,
  url text COLLATE "C" NOT NULL,
  contact_note text COLLATE "C" NOT NULL,
  search_text text COLLATE "C" NOT NULL,
  created_run bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, identifier),
  FOREIGN KEY (tenant_id, group_id) REFERENCES patron_group (tenant_id, id),
  FOREIGN KEY (tenant_id, contact_patron_id) REFERENCES patron (tenant_id, id)
);

CREATE INDEX section_group ON section (tenant_id, group_id);
CREATE INDEX section_contact ON section (tenant_id, contact_patron_id) WHERE contact_patron_id IS NOT NULL;
CREATE INDEX section_starts ON section (tenant_id, start_date, id) WHERE status = 2;
CREATE INDEX section_ends ON section (tenant_id, end_date, id) WHERE status <> 3 AND end_date IS NOT NULL;

-- No foreign key to patron: looking up a million of them, in no order, would double the time of a first import. What
-- removes patrons sees to it that they are members nowhere.
CREATE TABLE section_member (
  tenant_id bigint NOT NULL,
  section_id bigint NOT NULL,
  patron_id bigint NOT NULL,
  status bigint NOT NULL,
  start_date bigint,
  end_date bigint,
  inactive_since bigint,
  created_run bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, section_id, patron_id),
  FOREIGN KEY (tenant_id, section_id) REFERENCES section (tenant_id, id)
);

CREATE INDEX section_member_patron ON section_member (tenant_id, patron_id, section_id);
CREATE INDEX section_member_starts ON section_member (tenant_id, start_date, section_id, patron_id) WHERE status = 2;
CREATE INDEX section_member_ends ON section_member (tenant_id, end_date, section_id, patron_id) WHERE status <> 3 AND end_date IS NOT NULL;

-- The journal of all of these: before and after of every change that is not the creation by an import. Its ids are
-- taken from the sequence of the patrons' journal, so that both can be read as one. patron_id: of a member, whose
-- record_id is its section.
CREATE TABLE record_change (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  run_id bigint,
  at bigint NOT NULL,
  actor text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  entity bigint NOT NULL,
  record_id bigint NOT NULL,
  patron_id bigint,
  action bigint NOT NULL,
  before text COLLATE "C",
  after text COLLATE "C",
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX record_change_record ON record_change (tenant_id, record_id, entity, id);
CREATE INDEX record_change_patron ON record_change (tenant_id, patron_id, id) WHERE patron_id IS NOT NULL;
CREATE INDEX record_change_run ON record_change (tenant_id, run_id, entity, record_id) WHERE run_id IS NOT NULL;

-- One row a local date that was run (W3), kept for good; what changed then is below.
CREATE TABLE daily_run (
  tenant_id bigint NOT NULL,
  day bigint NOT NULL,
  at bigint NOT NULL,
  activated bigint NOT NULL,
  inactivated bigint NOT NULL,
  PRIMARY KEY (tenant_id, day)
);

-- patron_id: of a member, whose record_id is its section; of others 0.
CREATE TABLE status_change (
  tenant_id bigint NOT NULL,
  day bigint NOT NULL,
  entity bigint NOT NULL,
  record_id bigint NOT NULL,
  patron_id bigint NOT NULL,
  from_status bigint NOT NULL,
  to_status bigint NOT NULL,
  PRIMARY KEY (tenant_id, day, entity, record_id, patron_id),
  FOREIGN KEY (tenant_id, day) REFERENCES daily_run (tenant_id, day)
);

CREATE INDEX status_change_patron ON status_change (tenant_id, patron_id, day) WHERE patron_id > 0;

-- What an operator let a patron have though no set grants it (W20).
CREATE TABLE access_override (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  at bigint NOT NULL,
  operator text COLLATE "C" NOT NULL,
  patron_id bigint NOT NULL,
  target_kind bigint NOT NULL,
  target_id bigint NOT NULL,
  reason text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, patron_id) REFERENCES patron (tenant_id, id)
);

CREATE INDEX access_override_patron ON access_override (tenant_id, patron_id, id);

ALTER TABLE organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization FORCE ROW LEVEL SECURITY;
ALTER TABLE resource_type ENABLE ROW LEVEL SECURITY;
ALTER TABLE resource_type FORCE ROW LEVEL SECURITY;
ALTER TABLE checkout_center ENABLE ROW LEVEL SECURITY;
ALTER TABLE checkout_center FORCE ROW LEVEL SECURITY;
ALTER TABLE authorization_set ENABLE ROW LEVEL SECURITY;
ALTER TABLE authorization_set FORCE ROW LEVEL SECURITY;
ALTER TABLE set_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE set_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE set_delegation ENABLE ROW LEVEL SECURITY;
ALTER TABLE set_delegation FORCE ROW LEVEL SECURITY;
ALTER TABLE patron_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE patron_group FORCE ROW LEVEL SECURITY;
ALTER TABLE section ENABLE ROW LEVEL SECURITY;
ALTER TABLE section FORCE ROW LEVEL SECURITY;
ALTER TABLE section_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE section_member FORCE ROW LEVEL SECURITY;
ALTER TABLE record_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_change FORCE ROW LEVEL SECURITY;
ALTER TABLE daily_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE daily_run FORCE ROW LEVEL SECURITY;
ALTER TABLE status_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE status_change FORCE ROW LEVEL SECURITY;
ALTER TABLE access_override ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_override FORCE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON organization
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON resource_type
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON checkout_center
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON authorization_set
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON set_entry
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON set_delegation
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON patron_group
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON section
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON section_member
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON record_change
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON daily_run
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON status_change
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON access_override
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
