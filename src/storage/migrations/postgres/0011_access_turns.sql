-- What a daily run gave to patrons and took from them (W3).

ALTER TABLE daily_run ADD COLUMN gaining bigint NOT NULL DEFAULT 0;
ALTER TABLE daily_run ADD COLUMN losing bigint NOT NULL DEFAULT 0;

-- What many patrons gained and lost alike on a date: JSON lists of [kind, id], kinds as in set_entry.
CREATE TABLE access_effect (
  tenant_id bigint NOT NULL,
  day bigint NOT NULL,
  effect bigint NOT NULL,
  gained text COLLATE "C" NOT NULL,
  lost text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, day, effect),
  FOREIGN KEY (tenant_id, day) REFERENCES daily_run (tenant_id, day)
);

-- because: a JSON list of [entity, id, turn], what started (1) or ended (2); of a membership its section.
CREATE TABLE access_turn (
  tenant_id bigint NOT NULL,
  day bigint NOT NULL,
  patron_id bigint NOT NULL,
  effect bigint NOT NULL,
  because text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant_id, day, patron_id),
  FOREIGN KEY (tenant_id, day) REFERENCES daily_run (tenant_id, day)
);

CREATE INDEX access_turn_patron ON access_turn (tenant_id, patron_id, day);

ALTER TABLE access_effect ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_effect FORCE ROW LEVEL SECURITY;
ALTER TABLE access_turn ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_turn FORCE ROW LEVEL SECURITY;

CREATE POLICY own_tenant ON access_effect
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
CREATE POLICY own_tenant ON access_turn
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);
