/**
 * Statements that give a tenant a university's groups, in SQL that every engine reads: ten sections a group, ten
 * members a section, most of whom end in July 2026 and some on 1 March; sets nested two deep.
 */
export function fillGroups(tenantId: number, sections: number, members: number): string[] {
  const groups = sections / 10;
  const sets = groups / 10;
  const patrons = members / 5;
  const numbers = (from: string, to: number) =>
    `with recursive numbers(n) as (select ${from} union all select n + 1 from numbers where n < ${to})`;
  const by = 'null, 0, 0';
  const term = (n: string) => `1, null, case when ${n} % 250 = 0 then 20260301 else 20260701 end, null`;
  const person = `null, '', '', '', '', ''`;
  const t = tenantId;
  return [
    `insert into organization (tenant_id, id, name, search_text, created_run, created_at, updated_at)
     values (${t}, 1, 'Arts', 'arts', ${by})`,
    `${numbers('1', patrons)} insert into patron (tenant_id, id, username, barcode, externalid, username_key, firstname,
       surname, classgrade, room, role, status, search_text, created_run, created_at, updated_at)
     select ${t}, n, 'p' || n, '', '', 'p' || n, '', '', '', '', 1, 1, '', ${by} from numbers`,
    `${numbers('1', sets)} insert into authorization_set (tenant_id, id, identifier, name, description, organization_id,
       status, start_date, end_date, inactive_since, search_text, created_run, created_at, updated_at)
     select ${t}, n, 'set-' || n, '', '', 1, ${term('n')}, '', ${by} from numbers`,
    `${numbers('1', sets * 10)} insert into set_entry (tenant_id, set_id, kind, target_id)
     select ${t}, 1 + n % ${sets}, 1, n from numbers`,
    `${numbers('1', sets - 1)} insert into set_entry (tenant_id, set_id, kind, target_id)
     select ${t}, n + 1, 4, n from numbers where n % 3 > 0`,
    `${numbers('1', groups)} insert into patron_group (tenant_id, id, identifier, name, description, note, organization_id,
       primary_set_id, status, start_date, end_date, inactive_since, contact_patron_id, contact_role, telephone, email,
       url, contact_note, search_text, created_run, created_at, updated_at)
     select ${t}, n, 'group-' || n, '', '', '', 1, 1 + n % ${sets}, ${term('n')}, ${person}, '', ${by} from numbers`,
    `${numbers('1', sections)} insert into section (tenant_id, id, identifier, name, description, note, group_id, status,
       start_date, end_date, inactive_since, contact_patron_id, contact_role, telephone, email, url, contact_note,
       search_text, created_run, created_at, updated_at)
     select ${t}, n, 'section-' || n, '', '', '', 1 + n % ${groups}, ${term('n')}, ${person}, '', ${by} from numbers`,
    `${numbers('0', members - 1)} insert into section_member (tenant_id, section_id, patron_id, status, start_date,
       end_date, inactive_since, created_run, created_at, updated_at)
     select ${t}, 1 + n / ${members / sections}, 1 + n % ${patrons}, ${term('n')}, ${by} from numbers`,
  ];
}
