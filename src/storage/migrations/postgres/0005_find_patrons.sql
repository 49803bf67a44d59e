-- Patrons by their own e-mail and by full name: the search forms of both, NULL where there is none.
ALTER TABLE patron ADD COLUMN name_key text COLLATE "C";
ALTER TABLE contact_list ADD COLUMN email_key text COLLATE "C";

-- The owner of the tables is held by their policies as well, and no tenant is set here.
ALTER TABLE patron NO FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_list NO FORCE ROW LEVEL SECURITY;

-- The fourth line of the search text is the full name.
UPDATE patron SET name_key = nullif(split_part(search_text, chr(10), 4), '');

-- Contacts of type EMAIL (1) and role PATRON (1): the primary one, else the first. They are ASCII already (I17).
UPDATE contact_list SET email_key = (
  SELECT lower(trim(one.value ->> 5)) FROM json_array_elements(contacts::json) WITH ORDINALITY AS one (value, place)
  WHERE one.value ->> 1 = '1' AND one.value ->> 2 = '1'
  ORDER BY one.value ->> 3 DESC, one.place LIMIT 1);

CREATE INDEX patron_name ON patron (tenant_id, name_key) WHERE name_key IS NOT NULL;
CREATE INDEX contact_list_email ON contact_list (tenant_id, email_key) WHERE email_key IS NOT NULL;

-- How many patrons have ids of block * 1024 to block * 1024 + 1023: counts everybody, and finds the nth one, without
-- reading through all of them.
CREATE TABLE patron_block (
  tenant_id bigint NOT NULL,
  block bigint NOT NULL,
  patrons bigint NOT NULL,
  PRIMARY KEY (tenant_id, block)
);

INSERT INTO patron_block (tenant_id, block, patrons)
SELECT tenant_id, id / 1024, count(*) FROM patron GROUP BY tenant_id, id / 1024;

ALTER TABLE patron FORCE ROW LEVEL SECURITY;
ALTER TABLE contact_list FORCE ROW LEVEL SECURITY;
ALTER TABLE patron_block ENABLE ROW LEVEL SECURITY;
ALTER TABLE patron_block FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON patron_block
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint);

-- Runs that writes of one session and day are added to.
CREATE INDEX import_run_session ON import_run (tenant_id, channel, options);
