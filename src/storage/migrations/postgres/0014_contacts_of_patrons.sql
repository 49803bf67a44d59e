-- Contacts are of a patron there is: what a foreign key would say, checked once a statement and not once a row, for
-- which the server would run a query and lock the patron, half of what writing contacts cost. In place of the locks of
-- rows stands the lock of the tenant's writer (storage/postgres/transaction.ts), which Muster has by then and anybody
-- else waits for, so that nobody removes a patron whom somebody else is just giving contacts.
ALTER TABLE contact_list DROP CONSTRAINT contact_list_tenant_id_patron_id_fkey;

-- The plan is kept by a session whose tables may have been next to empty when it was made; each row is to be looked up
-- by the key whatever they hold later.
CREATE FUNCTION contacts_have_patrons() RETURNS trigger LANGUAGE plpgsql
  SET search_path FROM CURRENT SET enable_seqscan = off AS $$
DECLARE
  stray record;
BEGIN
  PERFORM pg_advisory_xact_lock(1297437524, tenant_id::int) FROM (SELECT DISTINCT tenant_id FROM added) tenants;
  SELECT tenant_id, patron_id INTO stray FROM added
    WHERE (SELECT 1 FROM patron WHERE patron.tenant_id = added.tenant_id AND patron.id = added.patron_id) IS NULL
    LIMIT 1;
  IF FOUND THEN
    RAISE foreign_key_violation USING MESSAGE = format(
      'contacts of patron %s of tenant %s violate the foreign key to patron: there is no such one', stray.patron_id, stray.tenant_id);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION patrons_leave_no_contacts() RETURNS trigger LANGUAGE plpgsql
  SET search_path FROM CURRENT SET enable_seqscan = off AS $$
DECLARE
  left_behind record;
BEGIN
  PERFORM pg_advisory_xact_lock(1297437524, tenant_id::int) FROM (SELECT DISTINCT tenant_id FROM removed) tenants;
  SELECT tenant_id, id INTO left_behind FROM removed
    WHERE (SELECT 1 FROM contact_list WHERE contact_list.tenant_id = removed.tenant_id AND contact_list.patron_id = removed.id) IS NOT NULL
    LIMIT 1;
  IF FOUND THEN
    RAISE foreign_key_violation USING MESSAGE = format(
      'removing patron %s of tenant %s violates the foreign key of contact_list: it still has contacts', left_behind.id, left_behind.tenant_id);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION keys_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE foreign_key_violation USING MESSAGE = format('the key of %s is never changed: a foreign key is checked by it', TG_TABLE_NAME);
END $$;

CREATE TRIGGER contacts_have_patrons AFTER INSERT ON contact_list REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION contacts_have_patrons();
CREATE TRIGGER patrons_leave_no_contacts AFTER DELETE ON patron REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION patrons_leave_no_contacts();
CREATE TRIGGER keys_stay BEFORE UPDATE OF tenant_id, patron_id ON contact_list
  FOR EACH STATEMENT EXECUTE FUNCTION keys_stay();
CREATE TRIGGER keys_stay BEFORE UPDATE OF tenant_id, id ON patron
  FOR EACH STATEMENT EXECUTE FUNCTION keys_stay();
