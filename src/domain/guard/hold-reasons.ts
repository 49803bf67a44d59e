import type { SectionLoss } from '../plan/roster-tally.ts';
import { things } from '../text/things.ts';
import { isBeyond, type ChangeThreshold, type ChangeThresholds } from './change-threshold.ts';

export const holdCodes = [
  'mode-shown-first',
  'patrons-inactivated',
  'contacts-lost',
  'members-inactivated',
  'section-members-inactivated',
  'redoes-undone',
  'plan-grew',
] as const;
export type HoldCode = (typeof holdCodes)[number];

/** Why a run is held, or would be. What does not belong to the reason is null. */
export interface HoldReason {
  readonly code: HoldCode;
  /** How many patrons, contacts, members or records it is about. */
  readonly count: number | null;
  /** Out of how many. */
  readonly of: number | null;
  /** The threshold that `count` is beyond. */
  readonly threshold: ChangeThreshold | null;
  /** The run that was undone and whose work would be done again. */
  readonly undone: number | null;
  /** The section it is about: of several the one that loses most. Not in reasons of before there were sections. */
  readonly section?: string;
  /** How many sections it holds for. */
  readonly sections?: number;
  /** What `count` counts of work done again: patrons where it is not said. */
  readonly noun?: 'patron' | 'record';
}

/** What the guard looks at: the sum of a plan beside what stands before it. */
export interface GuardFigures {
  /** Each file of the run. */
  readonly files: readonly FileFigures[];
  /** The mode is applied only after approval, whatever it would do (I21). */
  readonly modeShownFirst: boolean;
  readonly patronsInactivated: number;
  readonly patronsActive: number;
  readonly membersInactivated: number;
  /** Sections that lose active members beyond the threshold for one section. */
  readonly sectionLosses: readonly SectionLoss[];
  /** What an undo took back and the plan would do again: the run undone, and for how many patrons or records. */
  readonly redone: readonly {
    readonly undone: number;
    readonly subjects: number;
    readonly noun: 'patron' | 'record';
  }[];
}

export interface FileFigures {
  readonly kind: string;
  readonly mode: string;
  /** Nothing of the kind is there yet. */
  readonly firstLoad: boolean;
  readonly created: number;
  readonly removed: number;
  /** What its subjects have before anything is changed: contacts of the patrons, active members of the sections. */
  readonly standing: number;
}

/** S10: every reason for which a plan is to be looked at by a person before anything is written. */
export function holdReasons(thresholds: ChangeThresholds, figures: GuardFigures): HoldReason[] {
  const reasons: HoldReason[] = [];
  if (figures.modeShownFirst) reasons.push(reason('mode-shown-first', {}));
  // A first load has nothing to harm.
  const files = figures.files.filter(({ firstLoad }) => !firstLoad);
  if (files.length === 0) return reasons;
  for (const file of files) reasons.push(...(reasonsOf[file.kind]?.(thresholds, file, figures) ?? []));
  for (const { undone, subjects, noun } of figures.redone) {
    reasons.push(reason('redoes-undone', { count: subjects, undone, noun }));
  }
  return reasons;
}

type FileReasons = (thresholds: ChangeThresholds, file: FileFigures, figures: GuardFigures) => HoldReason[];

const reasonsOf: Readonly<Record<string, FileReasons>> = {
  patrons: ({ patronsInactivated }, { mode }, { patronsInactivated: count, patronsActive: of }) =>
    mode === 'full' ? beyondReason('patrons-inactivated', patronsInactivated, count, of) : [],
  contacts: ({ contactsLost }, { removed, created, standing }) =>
    beyondReason('contacts-lost', contactsLost, removed - created, standing),
  'section-members': (thresholds, { standing }, { membersInactivated, sectionLosses }) => [
    ...beyondReason('members-inactivated', thresholds.membersInactivated, membersInactivated, standing),
    ...sectionReason(thresholds.sectionMembersInactivated, sectionLosses),
  ],
};

function beyondReason(
  code: HoldCode,
  threshold: ChangeThreshold | null,
  count: number,
  of: number,
): HoldReason[] {
  return isBeyond(threshold, count, of) ? [reason(code, { count, of, threshold })] : [];
}

function sectionReason(threshold: ChangeThreshold | null, losses: readonly SectionLoss[]): HoldReason[] {
  const [worst] = losses.toSorted((a, b) => b.count - a.count);
  if (worst === undefined) return [];
  const { section, count, of } = worst;
  return [reason('section-members-inactivated', { count, of, threshold, section, sections: losses.length })];
}

/** An approval was for less than the plan would do now. */
export const planGrew: HoldReason = reason('plan-grew', {});

function reason(code: HoldCode, facts: Partial<HoldReason>): HoldReason {
  return { code, count: null, of: null, threshold: null, undone: null, ...facts };
}

/** The reason as a clause for people, without a full stop. */
export function holdMessage(held: HoldReason): string {
  return sentences[held.code](held);
}

const beyond = ({ threshold }: HoldReason) =>
  `more than ${threshold?.moreThan} and more than ${threshold?.percent} %`;

const otherSections = ({ sections = 1 }: HoldReason) =>
  sections > 1 ? `, and ${things(sections - 1, 'other section')} as much or less` : '';

const sentences: Readonly<Record<HoldCode, (held: HoldReason) => string>> = {
  'mode-shown-first': () => 'this mode is always looked at first',
  'patrons-inactivated': (held) =>
    `${held.count} of ${held.of} active patrons would become inactive (${beyond(held)})`,
  'contacts-lost': (held) =>
    `${held.count} of the ${held.of} contacts of the patrons in the file would be lost (${beyond(held)})`,
  'members-inactivated': (held) =>
    `${held.count} of the ${held.of} active members of the sections in the file would lose their place (${beyond(held)})`,
  'section-members-inactivated': (held) =>
    `section “${held.section}” would lose ${held.count} of its ${held.of} active members (${beyond(held)})${otherSections(held)}`,
  'redoes-undone': (held) =>
    `what run ${held.undone} did and an undo took back would be done again to ${things(held.count ?? 0, held.noun ?? 'patron')}`,
  'plan-grew': () => 'it would now take away more than was shown when it was approved',
};
