-- database: tenant
-- One search text a patron instead of one for the record and one for the own e-mails, so that words of both are looked
-- for at once.
DROP TABLE email_search;
DROP TABLE patron_search;
CREATE VIRTUAL TABLE patron_search USING fts5 (text, tokenize = 'trigram', detail = none, content = '', contentless_delete = 1);

INSERT INTO patron_search (rowid, text)
SELECT patron.id, patron.search_text || char(10) || coalesce(contact_list.own_emails, '')
FROM patron LEFT JOIN contact_list
  ON contact_list.tenant_id = patron.tenant_id AND contact_list.patron_id = patron.id
ORDER BY patron.id;
DELETE FROM search_pending;
