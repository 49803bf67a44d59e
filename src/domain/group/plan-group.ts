import type { Today } from '../access/today.ts';
import { mayManageAt, type OperatorRights } from '../organization/operator-rights.ts';
import type { RowNote } from '../outcome.ts';
import type { PatronStatus } from '../patron/patron.ts';
import { nearestWord } from '../text/nearest-word.ts';
import type { DeclaredDescribed } from './described-row.ts';
import type { Group, GroupValues, Section, SectionValues } from './group.ts';
import { planDescribed, type Planned } from './plan-described.ts';

/** What every row of a file of groups or sections is judged by. */
export interface Judging {
  readonly today: Today;
  readonly rights: OperatorRights;
}

interface Contact {
  readonly id: number;
  readonly status: PatronStatus;
}

/** What is stored around a row of a groups file. */
export interface GroupAround {
  /** Name → id, all there are. */
  readonly organizations: ReadonlyMap<string, number>;
  /** Name of the organization the stored group belongs to. */
  readonly storedOrganization: string | undefined;
  /** W17: the group's primary set, if it has one, with the ids of the organizations it may serve. */
  readonly primarySet: { readonly identifier: string; readonly serves: readonly number[] } | undefined;
  /** The patron whose Person-ID the row names. */
  readonly contact: Contact | undefined;
}

/** What a row of a groups file makes of its group. */
export function planGroup(
  stored: Group | undefined,
  declared: DeclaredDescribed,
  around: GroupAround,
  { today, rights }: Judging,
): Planned<GroupValues> {
  const { organizations, storedOrganization, primarySet } = around;
  const organizationId = organizations.get(declared.parent);
  const faults: RowNote[] = [];
  if (organizationId === undefined) {
    // W8: exactly as registered; a file creates none.
    const suggestion = nearestWord(declared.parent, organizations.keys());
    const note = { code: 'organization-unknown', column: 'organization', value: declared.parent } as const;
    faults.push(suggestion === undefined ? note : { ...note, suggestion });
  } else {
    // W17: a group keeps its primary set only where that may serve it.
    if (primarySet !== undefined && !primarySet.serves.includes(organizationId)) {
      const [value, suggestion] = [primarySet.identifier, declared.parent];
      faults.push({ code: 'set-not-delegated', column: 'organization', value, suggestion });
    }
    faults.push(...permissionFaults(rights, storedOrganization, declared.parent));
  }
  const planned = planDescribed(stored, declared, around.contact, today);
  if (planned.faults !== undefined) faults.push(...planned.faults);
  if (planned.faults !== undefined || faults.length > 0) return { faults };
  const after = {
    ...planned.after,
    organizationId: organizationId!,
    primarySetId: stored?.primarySetId ?? null,
  };
  return { after, warnings: planned.warnings };
}

/** A group as far as its sections are concerned. */
export interface GroupOfSections {
  /** Negative where it is yet to be made. */
  readonly id: number;
  /** Name of its organization. */
  readonly organization: string;
}

/** What is stored around a row of a sections file. */
export interface SectionAround {
  /** The group that the row names, or where in the delivery its own row failed (W8). */
  readonly group: GroupOfSections | { readonly failedIn: string } | undefined;
  /** The group of the stored section. */
  readonly storedGroup: GroupOfSections | undefined;
  readonly contact: Contact | undefined;
}

/** What a row of a sections file makes of its section. It may move to another group (W10). */
export function planSection(
  stored: Section | undefined,
  declared: DeclaredDescribed,
  around: SectionAround,
  { today, rights }: Judging,
): Planned<SectionValues> {
  const { group, storedGroup } = around;
  const faults: RowNote[] = [];
  const at = { column: 'group-unique-identifier', value: declared.parent } as const;
  // W8: groups before sections; a missing one fails the row.
  if (group === undefined) faults.push({ code: 'group-unknown', ...at });
  else if ('failedIn' in group) faults.push({ code: 'parent-failed', ...at, suggestion: group.failedIn });
  else faults.push(...permissionFaults(rights, storedGroup?.organization, group.organization));
  const planned = planDescribed(stored, declared, around.contact, today);
  if (planned.faults !== undefined) faults.push(...planned.faults);
  if (planned.faults !== undefined || faults.length > 0) return { faults };
  const { id: groupId } = group as GroupOfSections;
  return { after: { ...planned.after, groupId }, warnings: planned.warnings };
}

/** W18: who changes something needs the right where it is and where it goes. */
export function permissionFaults(
  rights: OperatorRights,
  ...organizations: readonly (string | undefined)[]
): RowNote[] {
  const faults: RowNote[] = [];
  for (const organization of new Set(organizations)) {
    if (organization === undefined || mayManageAt(rights, organization)) continue;
    faults.push({ code: 'not-permitted', value: organization, suggestion: rights.operator });
  }
  return faults;
}
