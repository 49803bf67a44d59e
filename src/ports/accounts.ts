export const capabilities = ['administer', 'edit-patrons', 'manage-group-authorizations', 'view'] as const;
export type Capability = (typeof capabilities)[number];

/** A login to Muster within one tenant. */
export interface Account {
  readonly id: number;
  readonly username: string;
  /** argon2id in PHC string form. */
  readonly passwordHash: string;
  readonly capabilities: readonly Capability[];
  /** Names of the organizations the capability *manage-group-authorizations* is held at. */
  readonly organizations: readonly string[];
  readonly createdAt: number;
  readonly disabledAt: number | null;
}

export interface AccountReader {
  /** Usernames compare folded. */
  findByUsername(username: string): Promise<Account | undefined>;
  findById(id: number): Promise<Account | undefined>;
  list(): Promise<Account[]>;
}

export interface AccountWriter {
  insert(account: Omit<Account, 'id' | 'disabledAt'>): Promise<number>;
  update(account: Account): Promise<void>;
  remove(id: number): Promise<void>;
}
