-- database: tenant
-- What a daily run gave to patrons and took from them (W3).

ALTER TABLE daily_run ADD COLUMN gaining INTEGER NOT NULL DEFAULT 0;
ALTER TABLE daily_run ADD COLUMN losing INTEGER NOT NULL DEFAULT 0;

-- What many patrons gained and lost alike on a date: JSON lists of [kind, id], kinds as in set_entry.
CREATE TABLE access_effect (
  tenant_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  effect INTEGER NOT NULL,
  gained TEXT NOT NULL,
  lost TEXT NOT NULL,
  PRIMARY KEY (tenant_id, day, effect),
  FOREIGN KEY (tenant_id, day) REFERENCES daily_run (tenant_id, day)
) STRICT, WITHOUT ROWID;

-- because: a JSON list of [entity, id, turn], what started (1) or ended (2); of a membership its section.
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

-- What the planner is to think of the sizes, as in 0002.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('access_effect', 'access_effect', '100000 100000 100 1'),
  ('access_turn', 'access_turn', '1000000 1000000 5000 1'),
  ('access_turn', 'access_turn_patron', '1000000 1000000 10 1');
ANALYZE sqlite_schema;
