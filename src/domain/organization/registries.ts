/** A department inside an institution, at which operators hold their capability (W8, W17). */
export interface OrganizationValues {
  /** Unique, compared exactly (W8). */
  readonly name: string;
}

export interface ResourceTypeValues {
  /** Unique, compared exactly (W15). */
  readonly uniqueIdentifier: string;
  readonly name: string;
  /** Only those may reserve it whom an authorization set grants it (W20). */
  readonly restricted: boolean;
}

export interface CheckoutCenterValues {
  /** Unique, compared exactly (W15). */
  readonly name: string;
  /** Only those may enter its patron portal whom an authorization set grants it (W20). */
  readonly portalRestricted: boolean;
  /** Only those are served at it whom an authorization set grants it (W20). */
  readonly wcoRestricted: boolean;
}

export type Organization = OrganizationValues & { readonly id: number };
export type ResourceType = ResourceTypeValues & { readonly id: number };
export type CheckoutCenter = CheckoutCenterValues & { readonly id: number };
