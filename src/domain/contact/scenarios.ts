import { MusterError } from '../errors.ts';
import type { RowNote } from '../outcome.ts';
import { nearestWord } from '../text/nearest-word.ts';

/** The communication scenarios in the vendor's order. New ones go to the end: stored sets count places. */
export const scenarios = [
  'CANCELLED_RESERVATION',
  'CURRENT_LOANS_REPORT',
  'EXPIRED_RESERVATION',
  'EXPIRING_RESERVATION',
  'LOAN_RECALL',
  'ORDER_TO_SUPPLIER',
  'OVERDUE',
  'OVERDUE_ESCALATION_ONE',
  'OVERDUE_ESCALATION_TWO',
  'OVERDUE_ESCALATION_THREE',
  'PATRON_RECEIPT',
  'PRE_OVERDUE_NOTICE',
  'RESERVATION_PICKUP',
  'RESET_FORGOTTEN_PASSWORD',
] as const;
export type Scenario = (typeof scenarios)[number];

/**
 * The scenarios a contact may be used for, as an integer: bit 0 is ANY (existing and future ones), bit n
 * the nth of `scenarios`; no bit at all is NONE. A set with ANY has no other bit, so equal sets are equal
 * numbers.
 */
export type ScenarioSet = number;

export const NONE: ScenarioSet = 0;
export const ANY: ScenarioSet = 1;

const bits = new Map<string, ScenarioSet>(scenarios.map((name, place) => [name, 2 << place]));
const words = ['ANY', 'NONE', ...scenarios];

type ParsedScenarios =
  | { readonly ok: ScenarioSet; readonly failed?: undefined }
  | { readonly ok?: undefined; readonly failed: RowNote };

/**
 * A `scenarios` cell: names separated by `;`, case and white space around them ignored (I7, I14), empty
 * items skipped. A blank cell is NONE (I13).
 */
export function parseScenarios(cell: string): ParsedScenarios {
  return gather(cell.split(';'), cell.trim());
}

/** The set for a list of names as the management API takes it; `MusterError('bad-request')` as I14 fails. */
export function parseScenarioNames(names: readonly string[]): ScenarioSet {
  const parsed = gather(names, names.join('; '));
  if (parsed.ok !== undefined) return parsed.ok;
  const { code, value = '', suggestion } = parsed.failed;
  const why =
    code === 'scenario-unknown'
      ? `“${value}” is not a communication scenario.`
      : 'NONE cannot stand beside other scenarios.';
  const hint = suggestion === undefined ? '' : ` Did you mean “${suggestion}”?`;
  throw new MusterError('bad-request', why + hint, { scenarios: names });
}

function gather(items: readonly string[], whole: string): ParsedScenarios {
  let set: ScenarioSet = NONE;
  let noneNamed = false;
  for (const item of items) {
    const value = item.trim();
    const name = value.toUpperCase();
    if (name === '') continue;
    const bit = name === 'ANY' ? ANY : name === 'NONE' ? NONE : bits.get(name);
    // I14: an unknown scenario fails and the nearest one is suggested.
    if (bit === undefined) {
      return { failed: note('scenario-unknown', value, nearestWord(name, words)) };
    }
    if (name === 'NONE') noneNamed = true;
    set |= bit;
  }
  // I14: NONE with others fails, since one of them must be a mistake.
  if (noneNamed && set !== NONE) return { failed: note('scenario-none-with-others', whole) };
  // I14: ANY with others is ANY.
  return { ok: (set & ANY) === 0 ? set : ANY };
}

function note(code: RowNote['code'], value: string, suggestion?: string): RowNote {
  return { code, value, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** The names in a set, in the vendor's order; `['ANY']` or `['NONE']` where it is one of those. */
export function scenarioNames(set: ScenarioSet): string[] {
  if (set === NONE) return ['NONE'];
  if ((set & ANY) !== 0) return ['ANY'];
  return scenarios.filter((_, place) => (set & (2 << place)) !== 0);
}

/** Whether a contact with this set may be used for the scenario (I22). */
export function scenariosPermit(set: ScenarioSet, scenario: Scenario): boolean {
  return (set & (ANY | (bits.get(scenario) ?? 0))) !== 0;
}
