import type { ScenarioSet } from './scenarios.ts';

export const contactTypes = ['EMAIL', 'PHONE', 'SOCIAL_MEDIA'] as const;
export type ContactType = (typeof contactTypes)[number];

export const contactRoles = ['PATRON', 'GUARDIAN', 'OTHER'] as const;
export type ContactRole = (typeof contactRoles)[number];

export const bccChoices = ['TRUE', 'FALSE', 'SCHOOL_DEFAULT'] as const;
export type BccChoice = (typeof bccChoices)[number];

export const contactOrigins = ['imported', 'custom'] as const;
export type ContactOrigin = (typeof contactOrigins)[number];

/** What a contact says, wherever it comes from. */
export interface ContactValues {
  readonly type: ContactType;
  readonly role: ContactRole;
  readonly primary: boolean;
  /** Blank means: on role PATRON the patron's own names, derived when read (I18). */
  readonly addressee: string;
  /** The address, number or handle itself. */
  readonly contact: string;
  /** Counts on EMAIL only (I15); elsewhere SCHOOL_DEFAULT. */
  readonly bcc: BccChoice;
  /** Counts on PHONE only (I15); elsewhere false. */
  readonly sms: boolean;
  readonly scenarios: ScenarioSet;
}

/** Every field of what a contact says; the compiler sees to it that none is left out. */
export const contactFields = Object.keys({
  type: true,
  role: true,
  primary: true,
  addressee: true,
  contact: true,
  bcc: true,
  sms: true,
  scenarios: true,
} satisfies Record<keyof ContactValues, true>) as readonly (keyof ContactValues)[];

/** A contact as the directory holds it. */
export interface Contact extends ContactValues {
  readonly id: number;
  readonly origin: ContactOrigin;
  /**
   * The identity (`contactIdentity`) this contact was imported with, when a hand has changed it since;
   * otherwise null. It keeps tonight's file from bringing the old value back beside it (I12).
   */
  readonly importedAs: string | null;
}
