-- database: tenant
-- Patrons by their own e-mail and by full name: the search forms of both, NULL where there is none.
ALTER TABLE patron ADD COLUMN name_key TEXT;
ALTER TABLE contact_list ADD COLUMN email_key TEXT;

-- The fourth line of the search text is the full name.
UPDATE patron SET name_key = nullif(substr(cut.rest, 1, instr(cut.rest, char(10)) - 1), '')
FROM (
  SELECT tenant_id, id, substr(rest, instr(rest, char(10)) + 1) AS rest FROM (
    SELECT tenant_id, id, substr(rest, instr(rest, char(10)) + 1) AS rest FROM (
      SELECT tenant_id, id, substr(search_text, instr(search_text, char(10)) + 1) AS rest FROM patron))
) AS cut
WHERE cut.tenant_id = patron.tenant_id AND cut.id = patron.id;

-- Contacts of type EMAIL (1) and role PATRON (1): the primary one, else the first. They are ASCII already (I17).
UPDATE contact_list SET email_key = (
  SELECT lower(trim(json_extract(one.value, '$[5]'))) FROM json_each(contact_list.contacts) AS one
  WHERE json_extract(one.value, '$[1]') = 1 AND json_extract(one.value, '$[2]') = 1
  ORDER BY json_extract(one.value, '$[3]') DESC, one.key LIMIT 1);

CREATE INDEX patron_name ON patron (tenant_id, name_key) WHERE name_key IS NOT NULL;
CREATE INDEX contact_list_email ON contact_list (tenant_id, email_key) WHERE email_key IS NOT NULL;

-- How many patrons have ids of block * 1024 to block * 1024 + 1023: counts everybody, and finds the nth one, without
-- reading through all of them.
CREATE TABLE patron_block (
  tenant_id INTEGER NOT NULL,
  block INTEGER NOT NULL,
  patrons INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, block)
) STRICT, WITHOUT ROWID;

INSERT INTO patron_block (tenant_id, block, patrons)
SELECT tenant_id, id / 1024, count(*) FROM patron GROUP BY tenant_id, id / 1024;

-- Runs that writes of one session and day are added to.
CREATE INDEX import_run_session ON import_run (tenant_id, channel, options);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('patron', 'patron_name', '1000000 1000000 3'),
  ('contact_list', 'contact_list_email', '1000000 1000000 1'),
  ('patron_block', 'patron_block', '1000 1000 1'),
  ('import_run', 'import_run_session', '10000 10000 2000 2');
ANALYZE sqlite_schema;
