import type { Generated } from 'kysely';
import type { GroupTables } from './group-tables.ts';

/**
 * The tables as both engines hold them: one form a kind. Instants are epoch milliseconds, truth values
 * 0 and 1, small sets of words the numbers of `codes.ts`, structures JSON text.
 */
export interface SystemTables {
  tenant: { id: number; slug: string; name: string; zone: string; created_at: number };
  tenant_host: { host: string; tenant_id: number };
  lease: {
    tenant_id: number;
    name: string;
    holder: string;
    host: string;
    pid: number;
    heartbeat_at: number;
    progress: string | null;
  };
  api_client: {
    id: number;
    tenant_id: number;
    name: string;
    name_key: string;
    created_at: number;
    last_used_at: number | null;
    revoked_at: number | null;
  };
  api_credential: {
    key_hash: string;
    secret_hash: string;
    client_id: number;
    created_at: number;
    valid_until: number | null;
  };
  one_time_code: { code_hash: string; key_hash: string; expires_at: number };
  api_session: {
    id: Generated<number>;
    client_id: number;
    key_hash: string;
    token_hash: string;
    renew_hash: string;
    expires_at: number;
  };
  spent_renew_token: { renew_hash: string; session_id: number };
}

export interface TenantTables extends GroupTables {
  id_sequence: { tenant_id: number; name: string; next_id: number };
  setting: { tenant_id: number; name: string; value: string };
  fingerprint_set: { tenant_id: number; kind: string; seed: Uint8Array; context: string };
  fingerprint_block: { tenant_id: number; kind: string; block: number; entries: Uint8Array };
  fingerprint_void: { tenant_id: number; kind: string; subject_id: number };
  account: {
    tenant_id: number;
    id: number;
    username: string;
    username_key: string;
    password_hash: string;
    capabilities: string;
    organizations: string;
    created_at: number;
    disabled_at: number | null;
  };
  patron: PatronTable;
  patron_block: { tenant_id: number; block: number; patrons: number };
  contact_list: ContactListTable;
  change: {
    tenant_id: number;
    id: number;
    run_id: number | null;
    at: number;
    actor: string;
    channel: string;
    patron_id: number;
    entity: string;
    action: string;
    before: string | null;
    after: string | null;
  };
  delivery: {
    tenant_id: number;
    id: number;
    sha256: string;
    size_bytes: number;
    file_name: string;
    received_at: number;
    purged_at: number | null;
  };
  delivery_chunk: { tenant_id: number; delivery_id: number; part: number; bytes: Uint8Array };
  import_run: {
    tenant_id: number;
    id: number;
    kind: string;
    mode: string;
    options: string;
    channel: string;
    sender: string;
    dry_run: number;
    delivery_id: number | null;
    undoes: number | null;
    undone_by: number | null;
    approved_by: string | null;
    state: string;
    attempt: number;
    counts: string;
    subjects: number;
    row_count: number;
    notes: string;
    summary: string;
    failure: string | null;
    received_at: number;
    started_at: number | null;
    finished_at: number | null;
    held_for: string;
    files: string;
    consequences: string | null;
  };
  plan_part: {
    tenant_id: number;
    run_id: number;
    part: number;
    item_count: number;
    losing_count: number;
    items: Uint8Array;
  };
  import_run_row: {
    tenant_id: number;
    run_id: number;
    file: number;
    row_number: number;
    seq: number;
    outcome: string;
    code: string | null;
    column_name: string | null;
    value: string | null;
    suggestion: string | null;
    patron_id: number | null;
  };
  audit: {
    tenant_id: number;
    id: number;
    at: number;
    actor: string;
    channel: string;
    action: string;
    subject: string;
    detail: string;
  };
}

export interface PatronTable {
  tenant_id: number;
  id: number;
  username: string;
  barcode: string;
  externalid: string;
  username_key: string | null;
  barcode_key: string | null;
  externalid_key: string | null;
  firstname: string;
  surname: string;
  classgrade: string;
  room: string;
  role: number;
  status: number;
  search_text: string;
  name_key: string | null;
  created_run: number | null;
  created_at: number;
  updated_at: number;
}

export interface ContactListTable {
  tenant_id: number;
  patron_id: number;
  contacts: string;
  contact_count: number;
  email_count: number;
  imported_count: number;
  created_runs: string;
  own_emails: string;
  email_key: string | null;
}
