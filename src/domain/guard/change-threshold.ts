/** How much a run may change before it is held: more than a number *and* more than a share of what there is. */
export interface ChangeThreshold {
  readonly moreThan: number;
  /** Of what there is, 0 to 100. */
  readonly percent: number;
}

/** What a tenant lets happen unseen; null switches a threshold off. */
export interface ChangeThresholds {
  /** Patrons that a patrons file in mode `full` makes inactive, of the active ones. */
  readonly patronsInactivated: ChangeThreshold | null;
  /** Contacts that a contacts file takes away more than it brings, of those of the patrons it declares. */
  readonly contactsLost: ChangeThreshold | null;
  /** Members that stop being active, of the active ones of all sections that a members file names. */
  readonly membersInactivated: ChangeThreshold | null;
  /** The same of any one section. */
  readonly sectionMembersInactivated: ChangeThreshold | null;
}

export const defaultThresholds: ChangeThresholds = {
  patronsInactivated: { moreThan: 50, percent: 30 },
  contactsLost: { moreThan: 200, percent: 30 },
  membersInactivated: { moreThan: 50, percent: 30 },
  // At least 10, and more than half.
  sectionMembersInactivated: { moreThan: 9, percent: 50 },
};

/** Whether `count` of `of` is beyond the threshold; just at either edge it is not. */
export function isBeyond(threshold: ChangeThreshold | null, count: number, of: number): boolean {
  return threshold !== null && count > threshold.moreThan && count * 100 > threshold.percent * of;
}
