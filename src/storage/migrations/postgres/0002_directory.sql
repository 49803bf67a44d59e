-- The directories of all tenants. tenant_id leads every key, so that the same tables can be sharded by tenant.
-- Small sets of words are stored as numbers: schema/codes.ts.

CREATE TABLE id_sequence (
  tenant_id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  next_id bigint NOT NULL,
  PRIMARY KEY (tenant_id, name)
);

CREATE TABLE setting (
  tenant_id bigint NOT NULL,
  name text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, name)
);

CREATE TABLE account (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  username text COLLATE "C" NOT NULL,
  username_key text COLLATE "C" NOT NULL,
  password_hash text COLLATE "C" NOT NULL,
  capabilities text COLLATE "C" NOT NULL,
  organizations text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  disabled_at bigint,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, username_key)
);

-- The *_key columns are the folded values (S4), NULL where blank: unique where not blank.
CREATE TABLE patron (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  username text COLLATE "C" NOT NULL,
  barcode text COLLATE "C" NOT NULL,
  externalid text COLLATE "C" NOT NULL,
  username_key text COLLATE "C",
  barcode_key text COLLATE "C",
  externalid_key text COLLATE "C",
  firstname text COLLATE "C" NOT NULL,
  surname text COLLATE "C" NOT NULL,
  classgrade text COLLATE "C" NOT NULL,
  room text COLLATE "C" NOT NULL,
  role bigint NOT NULL,
  status bigint NOT NULL,
  search_text text COLLATE "C" NOT NULL,
  created_run bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX patron_username ON patron (tenant_id, username_key) WHERE username_key IS NOT NULL;
CREATE UNIQUE INDEX patron_barcode ON patron (tenant_id, barcode_key) WHERE barcode_key IS NOT NULL;
CREATE UNIQUE INDEX patron_externalid ON patron (tenant_id, externalid_key) WHERE externalid_key IS NOT NULL;

-- All contacts of a patron as one row, since every rule reads and settles them together: JSON as
-- schema/contact-list.ts writes it. The other columns are what is asked for across patrons: how many there
-- are, how many are e-mails or imported, the runs that made them (' 5 12 '), and the search form of the patron's
-- own e-mail addresses.
CREATE TABLE contact_list (
  tenant_id bigint NOT NULL,
  patron_id bigint NOT NULL,
  contacts text COLLATE "C" NOT NULL,
  contact_count bigint NOT NULL,
  email_count bigint NOT NULL,
  imported_count bigint NOT NULL,
  created_runs text COLLATE "C" NOT NULL,
  own_emails text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, patron_id),
  FOREIGN KEY (tenant_id, patron_id) REFERENCES patron (tenant_id, id)
);

-- What the contains-search looks through: search text and own e-mails of a patron, a line each. To be read only
-- through the pattern of the search, which stands in the policy below and not in the query alone: LIKE may leak
-- what it looks at, so under row-level security an index serves it only where it is part of the policy itself.
CREATE TABLE patron_search (
  tenant_id bigint NOT NULL,
  patron_id bigint NOT NULL,
  text text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, patron_id)
);

CREATE INDEX patron_search_text ON patron_search USING gin (tenant_id, text gin_trgm_ops);

-- Patrons that a large import has written and left to be indexed after its answer.
CREATE TABLE search_pending (
  tenant_id bigint NOT NULL,
  patron_id bigint NOT NULL,
  PRIMARY KEY (tenant_id, patron_id)
);

-- The journal: before and after of every change that is not the creation of a record by an import.
CREATE TABLE change (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  run_id bigint,
  at bigint NOT NULL,
  actor text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  patron_id bigint NOT NULL,
  entity text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  before text COLLATE "C",
  after text COLLATE "C",
  PRIMARY KEY (tenant_id, id)
);

CREATE INDEX change_patron ON change (tenant_id, patron_id, id);
CREATE INDEX change_run ON change (tenant_id, run_id, patron_id, id) WHERE run_id IS NOT NULL;

CREATE TABLE delivery (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  sha256 text COLLATE "C" NOT NULL,
  size_bytes bigint NOT NULL,
  file_name text COLLATE "C" NOT NULL,
  received_at bigint NOT NULL,
  purged_at bigint,
  PRIMARY KEY (tenant_id, id)
);

-- bytes: at most 1 MiB of the delivery, zstd.
CREATE TABLE delivery_chunk (
  tenant_id bigint NOT NULL,
  delivery_id bigint NOT NULL,
  part bigint NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (tenant_id, delivery_id, part),
  FOREIGN KEY (tenant_id, delivery_id) REFERENCES delivery (tenant_id, id)
);

-- They come compressed.
ALTER TABLE delivery_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE import_run (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  mode text COLLATE "C" NOT NULL,
  options text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  sender text COLLATE "C" NOT NULL,
  dry_run bigint NOT NULL,
  delivery_id bigint,
  undoes bigint,
  undone_by bigint,
  approved_by text COLLATE "C",
  state text COLLATE "C" NOT NULL,
  attempt bigint NOT NULL,
  counts text COLLATE "C" NOT NULL,
  subjects bigint NOT NULL,
  row_count bigint NOT NULL,
  notes text COLLATE "C" NOT NULL,
  summary text COLLATE "C" NOT NULL,
  failure text COLLATE "C",
  received_at bigint NOT NULL,
  started_at bigint,
  finished_at bigint,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, delivery_id) REFERENCES delivery (tenant_id, id)
);

CREATE INDEX import_run_unfinished ON import_run (tenant_id, id) WHERE state IN ('received', 'running');

-- Results of single rows worth keeping: every row of a small file, else the failed and warned ones.
CREATE TABLE import_run_row (
  tenant_id bigint NOT NULL,
  run_id bigint NOT NULL,
  row_number bigint NOT NULL,
  seq bigint NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  code text COLLATE "C",
  column_name text COLLATE "C",
  value text COLLATE "C",
  suggestion text COLLATE "C",
  patron_id bigint,
  PRIMARY KEY (tenant_id, run_id, row_number, seq),
  FOREIGN KEY (tenant_id, run_id) REFERENCES import_run (tenant_id, id)
);

CREATE TABLE audit (
  tenant_id bigint NOT NULL,
  id bigint NOT NULL,
  at bigint NOT NULL,
  actor text COLLATE "C" NOT NULL,
  channel text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  detail text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

-- The wall between tenants. The tenant is set for each transaction (storage/postgres/local-query.ts); where none
-- is set, nothing is seen and nothing can be written. Forced, so that it holds for the owner of the tables as well.
ALTER TABLE id_sequence ENABLE ROW LEVEL SECURITY;
ALTER TABLE id_sequence FORCE ROW LEVEL SECURITY;
ALTER TABLE setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE setting FORCE ROW LEVEL SECURITY;
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;
ALTER TABLE patron ENABLE ROW LEVEL SECURITY;
ALTER TABLE patron FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_list FORCE ROW LEVEL SECURITY;
ALTER TABLE patron_search ENABLE ROW LEVEL SECURITY;
ALTER TABLE patron_search FORCE ROW LEVEL SECURITY;
ALTER TABLE search_pending ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_pending FORCE ROW LEVEL SECURITY;
ALTER TABLE change ENABLE ROW LEVEL SECURITY;
ALTER TABLE change FORCE ROW LEVEL SECURITY;
ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery FORCE ROW LEVEL SECURITY;
ALTER TABLE delivery_chunk ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery_chunk FORCE ROW LEVEL SECURITY;
ALTER TABLE import_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_run FORCE ROW LEVEL SECURITY;
ALTER TABLE import_run_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_run_row FORCE ROW LEVEL SECURITY;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON id_sequence
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON setting
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON account
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON patron
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON contact_list
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON search_pending
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON change
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON delivery
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON delivery_chunk
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON import_run
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON import_run_row
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON audit
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);

CREATE POLICY found ON patron_search FOR SELECT
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint
    AND text LIKE coalesce(nullif(current_setting('muster.search', true), ''), '%'));
CREATE POLICY made ON patron_search FOR INSERT
  WITH CHECK (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY changed ON patron_search FOR UPDATE
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY removed ON patron_search FOR DELETE
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
