/** Who a file or an edit comes from, as far as groups and authorization sets are concerned (W18). */
export interface Operator {
  readonly name: string;
  readonly capabilities: readonly string[];
  /** Names of the organizations at which *manage-group-authorizations* is held. */
  readonly organizations: readonly string[];
}

/** Where somebody may manage group authorizations. */
export interface OperatorRights {
  readonly operator: string;
  /** At every organization, those to come included. */
  readonly everywhere: boolean;
  readonly organizations: ReadonlySet<string>;
}

/** W18: what comes by folder, SFTP or command runs as the integration's own account, which may act everywhere. */
export function integrationRights(name: string): OperatorRights {
  return { operator: name, everywhere: true, organizations: new Set() };
}

/** W18: an administrator may act everywhere, others where they hold the capability; without it nowhere. */
export function rightsOf({ name, capabilities, organizations }: Operator): OperatorRights {
  const everywhere = capabilities.includes('administer');
  const holds = capabilities.includes('manage-group-authorizations');
  return { operator: name, everywhere, organizations: new Set(holds ? organizations : []) };
}

/** Whether groups, sections, members and sets of that organization may be changed; its name compares exactly (W8). */
export function mayManageAt(rights: OperatorRights, organization: string): boolean {
  return rights.everywhere || rights.organizations.has(organization);
}
