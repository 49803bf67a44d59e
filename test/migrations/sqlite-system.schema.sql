CREATE TABLE api_client (
  id INTEGER PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE UNIQUE INDEX api_client_name ON api_client (tenant_id, name_key) WHERE revoked_at IS NULL;

CREATE TABLE api_credential (
  key_hash TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL,
  client_id INTEGER NOT NULL REFERENCES api_client (id),
  created_at INTEGER NOT NULL,
  valid_until INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX api_credential_client ON api_credential (client_id);

CREATE TABLE api_session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  client_id INTEGER NOT NULL REFERENCES api_client (id),
  key_hash TEXT NOT NULL REFERENCES api_credential (key_hash) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  renew_hash TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX api_session_expiry ON api_session (expires_at);

CREATE INDEX api_session_key ON api_session (key_hash);

CREATE TABLE lease (
  tenant_id INTEGER NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  holder TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  heartbeat_at INTEGER NOT NULL,
  progress TEXT,
  PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE one_time_code (
  code_hash TEXT PRIMARY KEY,
  key_hash TEXT NOT NULL REFERENCES api_credential (key_hash) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX one_time_code_expiry ON one_time_code (expires_at);

CREATE INDEX one_time_code_key ON one_time_code (key_hash);

CREATE TABLE schema_migration (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;

CREATE TABLE spent_renew_token (
  renew_hash TEXT PRIMARY KEY,
  session_id INTEGER NOT NULL REFERENCES api_session (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_renew_token_session ON spent_renew_token (session_id);

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE tenant (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  zone TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tenant_host (
  host TEXT PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX tenant_host_tenant ON tenant_host (tenant_id);
