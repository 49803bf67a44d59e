-- database: tenant
-- What each subject's rows said at its last clean import, so that an unchanged one need not be read again.

-- One a kind. seed: 16 random bytes, context: the header, mode and rules that the fingerprints hold for.
CREATE TABLE fingerprint_set (
  tenant_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  seed BLOB NOT NULL,
  context TEXT NOT NULL,
  PRIMARY KEY (tenant_id, kind)
) STRICT, WITHOUT ROWID;

-- Entries as sync/fingerprints.ts packs them, by the high bits of the hash of their key.
CREATE TABLE fingerprint_block (
  tenant_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  block INTEGER NOT NULL,
  entries BLOB NOT NULL,
  PRIMARY KEY (tenant_id, kind, block),
  FOREIGN KEY (tenant_id, kind) REFERENCES fingerprint_set (tenant_id, kind)
) STRICT;

-- Patrons that something else has touched since: their fingerprints no longer hold.
CREATE TABLE fingerprint_void (
  tenant_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  patron_id INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, kind, patron_id),
  FOREIGN KEY (tenant_id, kind) REFERENCES fingerprint_set (tenant_id, kind)
) STRICT, WITHOUT ROWID;
