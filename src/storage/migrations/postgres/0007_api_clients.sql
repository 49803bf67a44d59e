-- Programs with a key and a secret of their own, and the sessions they are in. A key leads to its tenant, so it is
-- looked up before any tenant is known. Keys, secrets, codes and tokens are 256 random bits: kept as SHA-256, in hex.

CREATE TABLE api_client (
  id bigint PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenant (id),
  name text COLLATE "C" NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL,
  last_used_at bigint,
  revoked_at bigint
);

-- The name of a revoked client may be given to another one.
CREATE UNIQUE INDEX api_client_name ON api_client (tenant_id, name_key) WHERE revoked_at IS NULL;

-- One key with its secret; while a client is given new ones, the old ones are good until valid_until.
CREATE TABLE api_credential (
  key_hash text COLLATE "C" PRIMARY KEY,
  secret_hash text COLLATE "C" NOT NULL,
  client_id bigint NOT NULL REFERENCES api_client (id),
  created_at bigint NOT NULL,
  valid_until bigint
);

CREATE INDEX api_credential_client ON api_credential (client_id);

CREATE TABLE one_time_code (
  code_hash text COLLATE "C" PRIMARY KEY,
  key_hash text COLLATE "C" NOT NULL REFERENCES api_credential (key_hash) ON DELETE CASCADE,
  expires_at bigint NOT NULL
);

CREATE INDEX one_time_code_key ON one_time_code (key_hash);
CREATE INDEX one_time_code_expiry ON one_time_code (expires_at);

-- One row from gettoken on, through every renewal. Its id is never given again: journals may name it.
CREATE TABLE api_session (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id bigint NOT NULL REFERENCES api_client (id),
  key_hash text COLLATE "C" NOT NULL REFERENCES api_credential (key_hash) ON DELETE CASCADE,
  token_hash text COLLATE "C" NOT NULL UNIQUE,
  renew_hash text COLLATE "C" NOT NULL,
  expires_at bigint NOT NULL
);

CREATE INDEX api_session_key ON api_session (key_hash);
CREATE INDEX api_session_expiry ON api_session (expires_at);

-- Renew tokens that were used; one of them used again ends its session.
CREATE TABLE spent_renew_token (
  renew_hash text COLLATE "C" PRIMARY KEY,
  session_id bigint NOT NULL REFERENCES api_session (id) ON DELETE CASCADE
);

CREATE INDEX spent_renew_token_session ON spent_renew_token (session_id);
