import type { Term } from '../access/term.ts';

/** Whom to ask about a group or section; texts are '' where nothing is known. */
export interface ContactPerson {
  /** W13: a patron that was active when it was named; null: nobody. */
  readonly contactPatronId: number | null;
  readonly contactRole: string;
  readonly telephone: string;
  readonly email: string;
  readonly url: string;
  readonly contactNote: string;
}

/** What a group and a section have in common. */
export interface Described extends Term, ContactPerson {
  /** Unique among its kind, compared exactly; no file changes it (W9). */
  readonly uniqueIdentifier: string;
  readonly name: string;
  readonly description: string;
  readonly note: string;
}

/** What joins members to an authorization set. */
export interface GroupValues extends Described {
  readonly organizationId: number;
  /** W14: the one authorization set that its members get; null: none. */
  readonly primarySetId: number | null;
}

/** A class within a group; its members are the patrons with access. */
export interface SectionValues extends Described {
  readonly groupId: number;
}

/** A patron in a section: the pair is its identity. */
export interface MemberValues extends Term {
  readonly sectionId: number;
  readonly patronId: number;
}

export type Group = GroupValues & { readonly id: number };
export type Section = SectionValues & { readonly id: number };
