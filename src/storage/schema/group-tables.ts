/** The tables of organizations, groups, sets and members; forms as in `tables.ts`, dates as in `days.ts`. */
export interface GroupTables {
  organization: RecordColumns & { name: string };
  resource_type: RecordColumns & { identifier: string; name: string; restricted: number };
  checkout_center: RecordColumns & { name: string; portal_restricted: number; wco_restricted: number };
  authorization_set: RecordColumns &
    TermColumns & { identifier: string; name: string; description: string; organization_id: number };
  set_entry: { tenant_id: number; set_id: number; kind: number; target_id: number };
  set_delegation: { tenant_id: number; set_id: number; organization_id: number };
  patron_group: RecordColumns &
    TermColumns &
    DescriptionColumns & { organization_id: number; primary_set_id: number | null };
  section: RecordColumns & TermColumns & DescriptionColumns & { group_id: number };
  section_member: TermColumns &
    ProvenanceColumns & { tenant_id: number; section_id: number; patron_id: number };
  record_change: {
    tenant_id: number;
    id: number;
    run_id: number | null;
    at: number;
    actor: string;
    channel: string;
    entity: number;
    record_id: number;
    patron_id: number | null;
    action: number;
    before: string | null;
    after: string | null;
  };
  daily_run: {
    tenant_id: number;
    day: number;
    at: number;
    activated: number;
    inactivated: number;
    gaining: number;
    losing: number;
  };
  access_effect: { tenant_id: number; day: number; effect: number; gained: string; lost: string };
  access_turn: { tenant_id: number; day: number; patron_id: number; effect: number; because: string };
  status_change: {
    tenant_id: number;
    day: number;
    entity: number;
    record_id: number;
    patron_id: number;
    from_status: number;
    to_status: number;
  };
  access_override: {
    tenant_id: number;
    id: number;
    at: number;
    operator: string;
    patron_id: number;
    target_kind: number;
    target_id: number;
    reason: string;
  };
}

export interface ProvenanceColumns {
  created_run: number | null;
  created_at: number;
  updated_at: number;
}

/** What every record found by an identifier has. */
export interface RecordColumns extends ProvenanceColumns {
  tenant_id: number;
  id: number;
  search_text: string;
}

export interface TermColumns {
  status: number;
  start_date: number | null;
  end_date: number | null;
  inactive_since: number | null;
}

/** What a group and a section have in common. */
export interface DescriptionColumns {
  identifier: string;
  name: string;
  description: string;
  note: string;
  contact_patron_id: number | null;
  contact_role: string;
  telephone: string;
  email: string;
  url: string;
  contact_note: string;
}
