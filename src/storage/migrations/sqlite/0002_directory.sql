-- database: tenant
-- One tenant's directory. tenant_id leads every key, so that the same tables can be sharded by tenant on
-- an engine that holds all tenants together. Small sets of words are stored as numbers: schema/codes.ts.

CREATE TABLE id_sequence (
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  next_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  tenant_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

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

-- The *_key columns are the folded values (S4), NULL where blank: unique where not blank.
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
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX patron_username ON patron (tenant_id, username_key) WHERE username_key IS NOT NULL;
CREATE UNIQUE INDEX patron_barcode ON patron (tenant_id, barcode_key) WHERE barcode_key IS NOT NULL;
CREATE UNIQUE INDEX patron_externalid ON patron (tenant_id, externalid_key) WHERE externalid_key IS NOT NULL;

-- All contacts of a patron as one row, since every rule reads and settles them together: JSON as
-- schema/contact-list.ts writes it. The other columns are what is asked for across patrons: how many there
-- are, how many are e-mails or imported, the runs that made them (' 5 12 '), and the search form of the patron's
-- own e-mail addresses.
CREATE TABLE contact_list (
  tenant_id INTEGER NOT NULL,
  patron_id INTEGER NOT NULL,
  contacts TEXT NOT NULL,
  contact_count INTEGER NOT NULL,
  email_count INTEGER NOT NULL,
  imported_count INTEGER NOT NULL,
  created_runs TEXT NOT NULL,
  own_emails TEXT NOT NULL,
  PRIMARY KEY (tenant_id, patron_id),
  FOREIGN KEY (tenant_id, patron_id) REFERENCES patron (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Both by patron id.
CREATE VIRTUAL TABLE patron_search USING fts5 (text, tokenize = 'trigram', detail = none, content = '', contentless_delete = 1);
CREATE VIRTUAL TABLE email_search USING fts5 (text, tokenize = 'trigram', detail = none, content = '', contentless_delete = 1);

-- Patrons whose search text a large import has written and left to be indexed after its answer.
CREATE TABLE search_pending (patron_id INTEGER PRIMARY KEY) STRICT;

-- The journal: before and after of every change that is not the creation of a record by an import.
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

-- bytes: at most 1 MiB of the delivery, zstd.
CREATE TABLE delivery_chunk (
  tenant_id INTEGER NOT NULL,
  delivery_id INTEGER NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (tenant_id, delivery_id, part),
  FOREIGN KEY (tenant_id, delivery_id) REFERENCES delivery (tenant_id, id)
) STRICT;

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
  finished_at INTEGER,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, delivery_id) REFERENCES delivery (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX import_run_unfinished ON import_run (tenant_id, id) WHERE state IN ('received', 'running');

-- Results of single rows worth keeping: every row of a small file, else the failed and warned ones.
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

-- What the planner is to think of the sizes. A file holds one tenant, so tenant_id alone narrows nothing; without
-- figures SQLite takes it for as selective as any first column and reads through all of the tenant's journal.
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('patron', 'patron', '1000000 1000000 1'),
  ('patron', 'patron_username', '1000000 1000000 1'),
  ('patron', 'patron_barcode', '1000000 1000000 1'),
  ('patron', 'patron_externalid', '1000000 1000000 1'),
  ('contact_list', 'contact_list', '1000000 1000000 1'),
  ('change', 'change', '1000000 1000000 1'),
  ('change', 'change_patron', '1000000 1000000 5 1'),
  ('change', 'change_run', '1000000 1000000 20000 5 1'),
  ('import_run', 'import_run', '10000 10000 1'),
  ('import_run', 'import_run_unfinished', '10 10 1'),
  ('import_run_row', 'import_run_row', '1000000 1000000 1000 2 1');
ANALYZE sqlite_schema;
