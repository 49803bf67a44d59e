CREATE TABLE access_effect (
  tenant_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  effect INTEGER NOT NULL,
  gained TEXT NOT NULL,
  lost TEXT NOT NULL,
  PRIMARY KEY (tenant_id, day, effect),
  FOREIGN KEY (tenant_id, day) REFERENCES daily_run (tenant_id, day)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE access_turn (
  tenant_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  patron_id INTEGER NOT NULL,
  effect INTEGER NOT NULL,
  because TEXT NOT NULL,
  PRIMARY KEY (tenant_id, day, patron_id),
  FOREIGN KEY (tenant_id, day) REFERENCES daily_run (tenant_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX access_turn_patron ON access_turn (tenant_id, patron_id, day);

CREATE TABLE account (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  capabilities TEXT NOT NULL,
  organizations TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  disabled_at INTEGER,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, username_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  channel TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
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

CREATE INDEX authorization_set_ends ON authorization_set (tenant_id, end_date, id) WHERE status <> 3 AND end_date IS NOT NULL;

CREATE INDEX authorization_set_organization ON authorization_set (tenant_id, organization_id);

CREATE INDEX authorization_set_starts ON authorization_set (tenant_id, start_date, id) WHERE status = 2;

CREATE TABLE change (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  run_id INTEGER,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  channel TEXT NOT NULL,
  patron_id INTEGER NOT NULL,
  entity TEXT NOT NULL,
  action TEXT NOT NULL,
  before TEXT,
  after TEXT,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX change_patron ON change (tenant_id, patron_id, id);

CREATE INDEX change_run ON change (tenant_id, run_id, patron_id, id) WHERE run_id IS NOT NULL;

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

CREATE TABLE contact_list (
  tenant_id INTEGER NOT NULL,
  patron_id INTEGER NOT NULL,
  contacts TEXT NOT NULL,
  contact_count INTEGER NOT NULL,
  email_count INTEGER NOT NULL,
  imported_count INTEGER NOT NULL,
  created_runs TEXT NOT NULL,
  own_emails TEXT NOT NULL, email_key TEXT,
  PRIMARY KEY (tenant_id, patron_id),
  FOREIGN KEY (tenant_id, patron_id) REFERENCES patron (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_list_email ON contact_list (tenant_id, email_key) WHERE email_key IS NOT NULL;

CREATE TABLE daily_run (
  tenant_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  at INTEGER NOT NULL,
  activated INTEGER NOT NULL,
  inactivated INTEGER NOT NULL, gaining INTEGER NOT NULL DEFAULT 0, losing INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant_id, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  file_name TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  purged_at INTEGER,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery_chunk (
  tenant_id INTEGER NOT NULL,
  delivery_id INTEGER NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (tenant_id, delivery_id, part),
  FOREIGN KEY (tenant_id, delivery_id) REFERENCES delivery (tenant_id, id)
) STRICT;

CREATE TABLE fingerprint_block (
  tenant_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  block INTEGER NOT NULL,
  entries BLOB NOT NULL,
  PRIMARY KEY (tenant_id, kind, block),
  FOREIGN KEY (tenant_id, kind) REFERENCES fingerprint_set (tenant_id, kind)
) STRICT;

CREATE TABLE fingerprint_set (
  tenant_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  seed BLOB NOT NULL,
  context TEXT NOT NULL,
  PRIMARY KEY (tenant_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE fingerprint_void (
  tenant_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, kind, subject_id),
  FOREIGN KEY (tenant_id, kind) REFERENCES fingerprint_set (tenant_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE id_sequence (
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  next_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_run (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  mode TEXT NOT NULL,
  options TEXT NOT NULL,
  channel TEXT NOT NULL,
  sender TEXT NOT NULL,
  dry_run INTEGER NOT NULL,
  delivery_id INTEGER,
  undoes INTEGER,
  undone_by INTEGER,
  approved_by TEXT,
  state TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  counts TEXT NOT NULL,
  subjects INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  notes TEXT NOT NULL,
  summary TEXT NOT NULL,
  failure TEXT,
  received_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER, held_for TEXT NOT NULL DEFAULT '[]', consequences TEXT, files TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, delivery_id) REFERENCES delivery (tenant_id, id)
) STRICT, WITHOUT ROWID;

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

CREATE INDEX import_run_session ON import_run (tenant_id, channel, options);

CREATE INDEX import_run_unfinished ON import_run (tenant_id, id) WHERE state IN ('received', 'running');

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

CREATE TABLE patron (
  tenant_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  username TEXT NOT NULL,
  barcode TEXT NOT NULL,
  externalid TEXT NOT NULL,
  username_key TEXT,
  barcode_key TEXT,
  externalid_key TEXT,
  firstname TEXT NOT NULL,
  surname TEXT NOT NULL,
  classgrade TEXT NOT NULL,
  room TEXT NOT NULL,
  role INTEGER NOT NULL,
  status INTEGER NOT NULL,
  search_text TEXT NOT NULL,
  created_run INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, name_key TEXT,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX patron_barcode ON patron (tenant_id, barcode_key) WHERE barcode_key IS NOT NULL;

CREATE TABLE patron_block (
  tenant_id INTEGER NOT NULL,
  block INTEGER NOT NULL,
  patrons INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, block)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX patron_externalid ON patron (tenant_id, externalid_key) WHERE externalid_key IS NOT NULL;

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

CREATE INDEX patron_group_contact ON patron_group (tenant_id, contact_patron_id) WHERE contact_patron_id IS NOT NULL;

CREATE INDEX patron_group_ends ON patron_group (tenant_id, end_date, id) WHERE status <> 3 AND end_date IS NOT NULL;

CREATE INDEX patron_group_organization ON patron_group (tenant_id, organization_id);

CREATE INDEX patron_group_set ON patron_group (tenant_id, primary_set_id) WHERE primary_set_id IS NOT NULL;

CREATE INDEX patron_group_starts ON patron_group (tenant_id, start_date, id) WHERE status = 2;

CREATE INDEX patron_name ON patron (tenant_id, name_key) WHERE name_key IS NOT NULL;

CREATE VIRTUAL TABLE patron_search USING fts5 (text, tokenize = 'trigram', detail = none, content = '', contentless_delete = 1);

CREATE UNIQUE INDEX patron_username ON patron (tenant_id, username_key) WHERE username_key IS NOT NULL;

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

CREATE INDEX record_change_patron ON record_change (tenant_id, patron_id, id) WHERE patron_id IS NOT NULL;

CREATE INDEX record_change_record ON record_change (tenant_id, record_id, entity, id);

CREATE INDEX record_change_run ON record_change (tenant_id, run_id, entity, record_id) WHERE run_id IS NOT NULL;

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

CREATE TABLE schema_migration (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;

CREATE TABLE search_pending (patron_id INTEGER PRIMARY KEY) STRICT;

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

CREATE INDEX section_contact ON section (tenant_id, contact_patron_id) WHERE contact_patron_id IS NOT NULL;

CREATE INDEX section_ends ON section (tenant_id, end_date, id) WHERE status <> 3 AND end_date IS NOT NULL;

CREATE INDEX section_group ON section (tenant_id, group_id);

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

CREATE INDEX section_member_ends ON section_member (tenant_id, end_date, section_id, patron_id) WHERE status <> 3 AND end_date IS NOT NULL;

CREATE INDEX section_member_patron ON section_member (tenant_id, patron_id, section_id, start_date, end_date, inactive_since);

CREATE INDEX section_member_starts ON section_member (tenant_id, start_date, section_id, patron_id) WHERE status = 2;

CREATE INDEX section_starts ON section (tenant_id, start_date, id) WHERE status = 2;

CREATE TABLE set_delegation (
  tenant_id INTEGER NOT NULL,
  set_id INTEGER NOT NULL,
  organization_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, set_id, organization_id),
  FOREIGN KEY (tenant_id, set_id) REFERENCES authorization_set (tenant_id, id),
  FOREIGN KEY (tenant_id, organization_id) REFERENCES organization (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX set_delegation_organization ON set_delegation (tenant_id, organization_id);

CREATE TABLE set_entry (
  tenant_id INTEGER NOT NULL,
  set_id INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  target_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, set_id, kind, target_id),
  FOREIGN KEY (tenant_id, set_id) REFERENCES authorization_set (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX set_entry_target ON set_entry (tenant_id, kind, target_id, set_id);

CREATE TABLE setting (
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE sqlite_stat1(tbl,idx,stat);

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
