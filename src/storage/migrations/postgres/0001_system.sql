-- What stands outside every tenant. Texts compare by their code points, as they do on SQLite.

CREATE TABLE tenant (
  id bigint PRIMARY KEY,
  slug text COLLATE "C" NOT NULL UNIQUE,
  name text COLLATE "C" NOT NULL,
  zone text COLLATE "C" NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE tenant_host (
  host text COLLATE "C" PRIMARY KEY,
  tenant_id bigint NOT NULL REFERENCES tenant (id)
);

CREATE INDEX tenant_host_tenant ON tenant_host (tenant_id);

-- One row a piece of work that only one process at a time may do for a tenant.
CREATE TABLE lease (
  tenant_id bigint NOT NULL REFERENCES tenant (id),
  name text COLLATE "C" NOT NULL,
  holder text COLLATE "C" NOT NULL,
  host text COLLATE "C" NOT NULL,
  pid bigint NOT NULL,
  heartbeat_at bigint NOT NULL,
  progress text COLLATE "C",
  PRIMARY KEY (tenant_id, name)
);
