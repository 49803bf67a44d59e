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
  patron_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, kind, patron_id),
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
  finished_at INTEGER, held_for TEXT NOT NULL DEFAULT '[]', consequences TEXT,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, delivery_id) REFERENCES delivery (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_run_row (
  tenant_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT,
  column_name TEXT,
  value TEXT,
  suggestion TEXT,
  patron_id INTEGER,
  PRIMARY KEY (tenant_id, run_id, row_number, seq),
  FOREIGN KEY (tenant_id, run_id) REFERENCES import_run (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX import_run_session ON import_run (tenant_id, channel, options);

CREATE INDEX import_run_unfinished ON import_run (tenant_id, id) WHERE state IN ('received', 'running');

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

CREATE TABLE schema_migration (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;

CREATE TABLE search_pending (patron_id INTEGER PRIMARY KEY) STRICT;

CREATE TABLE setting (
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE sqlite_stat1(tbl,idx,stat);
