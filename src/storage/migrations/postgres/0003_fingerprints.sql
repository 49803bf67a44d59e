-- What each subject's rows said at its last clean import, so that an unchanged one need not be read again.

-- One a kind. seed: 16 random bytes, context: the header, mode and rules that the fingerprints hold for.
CREATE TABLE fingerprint_set (
  tenant_id bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  seed bytea NOT NULL,
  context text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, kind)
);

-- Entries as sync/fingerprints.ts packs them, by the high bits of the hash of their key.
CREATE TABLE fingerprint_block (
  tenant_id bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  block bigint NOT NULL,
  entries bytea NOT NULL,
  PRIMARY KEY (tenant_id, kind, block),
  FOREIGN KEY (tenant_id, kind) REFERENCES fingerprint_set (tenant_id, kind)
);

-- Hashes do not compress.
ALTER TABLE fingerprint_block ALTER COLUMN entries SET STORAGE EXTERNAL;

-- Patrons that something else has touched since: their fingerprints no longer hold.
CREATE TABLE fingerprint_void (
  tenant_id bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  patron_id bigint NOT NULL,
  PRIMARY KEY (tenant_id, kind, patron_id),
  FOREIGN KEY (tenant_id, kind) REFERENCES fingerprint_set (tenant_id, kind)
);

ALTER TABLE fingerprint_set ENABLE ROW LEVEL SECURITY;
ALTER TABLE fingerprint_set FORCE ROW LEVEL SECURITY;
ALTER TABLE fingerprint_block ENABLE ROW LEVEL SECURITY;
ALTER TABLE fingerprint_block FORCE ROW LEVEL SECURITY;
ALTER TABLE fingerprint_void ENABLE ROW LEVEL SECURITY;
ALTER TABLE fingerprint_void FORCE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON fingerprint_set
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON fingerprint_block
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON fingerprint_void
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
