-- The trigrams of texts by slices of 65,536 patrons of a tenant, so that the first of many are found without going
-- through all: the tenant itself as a part of the index made every search read the list of everybody it has. A slice
-- has to be part of the policy to be served by the index, like the patterns; unset, it is none. What is looked for
-- within it comes in settings of its own, and the pattern for everybody is then one that hardly any text fits, since
-- the index is asked for both.
DROP INDEX patron_search_text;
CREATE INDEX patron_search_text ON patron_search
  USING gin (((tenant_id << 24) | (patron_id >> 16)), text gin_trgm_ops);

ALTER POLICY found ON patron_search
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint
    AND (text LIKE coalesce(nullif(current_setting('muster.search', true), ''), '%')
      AND text LIKE coalesce(nullif(current_setting('muster.search_and', true), ''), '%')
      OR text ~ coalesce(nullif(current_setting('muster.search_pair', true), ''), 'qzqzq')
      OR ((tenant_id << 24) | (patron_id >> 16)) = coalesce(nullif(current_setting('muster.search_slice', true), ''), '-1')::bigint
      AND text LIKE coalesce(nullif(current_setting('muster.search_in', true), ''), 'qzqzq')
      AND text LIKE coalesce(nullif(current_setting('muster.search_in_and', true), ''), '%')));
