import { things } from '../text/things.ts';
import { isBeyond, type ChangeThreshold, type ChangeThresholds } from './change-threshold.ts';

export const holdCodes = [
  'mode-shown-first',
  'patrons-inactivated',
  'contacts-lost',
  'redoes-undone',
  'plan-grew',
] as const;
export type HoldCode = (typeof holdCodes)[number];

/** Why a run is held, or would be. What does not belong to the reason is null. */
export interface HoldReason {
  readonly code: HoldCode;
  /** How many patrons or contacts it is about. */
  readonly count: number | null;
  /** Out of how many. */
  readonly of: number | null;
  /** The threshold that `count` is beyond. */
  readonly threshold: ChangeThreshold | null;
  /** The run that was undone and whose work would be done again. */
  readonly undone: number | null;
}

/** What the guard looks at: the sum of a plan beside what stands before it. */
export interface GuardFigures {
  readonly kind: string;
  readonly mode: string;
  /** Nothing of the kind is there yet. */
  readonly firstLoad: boolean;
  /** The mode is applied only after approval, whatever it would do (I21). */
  readonly modeShownFirst: boolean;
  readonly patronsInactivated: number;
  readonly patronsActive: number;
  readonly contactsCreated: number;
  readonly contactsRemoved: number;
  /** Contacts that the patrons have whom the file declares. */
  readonly contactsStanding: number;
  /** What an undo took back and the plan would do again: the run undone, and for how many patrons. */
  readonly redone: readonly { readonly undone: number; readonly patrons: number }[];
}

/** S10: every reason for which a plan is to be looked at by a person before anything is written. */
export function holdReasons(thresholds: ChangeThresholds, figures: GuardFigures): HoldReason[] {
  const reasons: HoldReason[] = [];
  if (figures.modeShownFirst) reasons.push(reason('mode-shown-first', {}));
  // A first load has nothing to harm.
  if (figures.firstLoad) return reasons;
  const { patronsInactivated, contactsLost } = thresholds;
  if (figures.kind === 'patrons' && figures.mode === 'full') {
    const { patronsInactivated: count, patronsActive: of } = figures;
    if (isBeyond(patronsInactivated, count, of)) {
      reasons.push(reason('patrons-inactivated', { count, of, threshold: patronsInactivated }));
    }
  }
  if (figures.kind === 'contacts') {
    const count = figures.contactsRemoved - figures.contactsCreated;
    const of = figures.contactsStanding;
    if (isBeyond(contactsLost, count, of)) {
      reasons.push(reason('contacts-lost', { count, of, threshold: contactsLost }));
    }
  }
  for (const { undone, patrons } of figures.redone) {
    reasons.push(reason('redoes-undone', { count: patrons, undone }));
  }
  return reasons;
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

const sentences: Readonly<Record<HoldCode, (held: HoldReason) => string>> = {
  'mode-shown-first': () => 'this mode is always looked at first',
  'patrons-inactivated': (held) =>
    `${held.count} of ${held.of} active patrons would become inactive (${beyond(held)})`,
  'contacts-lost': (held) =>
    `${held.count} of the ${held.of} contacts of the patrons in the file would be lost (${beyond(held)})`,
  'redoes-undone': (held) =>
    `what run ${held.undone} did and an undo took back would be done again to ${things(held.count ?? 0, 'patron')}`,
  'plan-grew': () => 'it would now take away more than was shown when it was approved',
};
