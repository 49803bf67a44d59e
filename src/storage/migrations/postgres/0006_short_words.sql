-- Two words at once, so that the index is asked for both; and two letters, which have no trigram of their own but with
-- any third one do, as a regular expression says. Like LIKE's pattern, both have to be part of the policy to be served
-- by the index. Unset, the expression is one that hardly any text fits; what it lets through besides is left out by the
-- search itself.
ALTER POLICY found ON patron_search
  USING (tenant_id = nullif(current_setting('muster.tenant_id', true), '')::bigint
    AND (text LIKE coalesce(nullif(current_setting('muster.search', true), ''), '%')
      AND text LIKE coalesce(nullif(current_setting('muster.search_and', true), ''), '%')
      OR text ~ coalesce(nullif(current_setting('muster.search_pair', true), ''), 'qzqzq')));
