import type { Term } from '../access/term.ts';
import type { Today } from '../access/today.ts';
import type { RowNote, RowOutcome, RowResult } from '../outcome.ts';
import type { MemberValues } from './group.ts';
import { endsBeforeStart, type DeclaredDates } from './row-cells.ts';

/** A good row of a members file with the patron it means. */
export interface DeclaredMember extends DeclaredDates {
  /** Row number as a spreadsheet shows it (S7). */
  readonly row: number;
  /** Person-ID as the row has it, for notes. */
  readonly member: string;
  readonly patronId: number;
}

/** The verdict on a row, with the patron it means where that is known. */
export type RosterRow = RowResult & { readonly patronId: number | null };

/** What a members file says of one section: the whole of its roster (W11). */
export interface RosterDeclaration {
  /** Negative where the section is yet to be made. */
  readonly sectionId: number;
  /** Every member the section has, inactive ones included. */
  readonly stored: readonly MemberValues[];
  /** The good rows in file order. */
  readonly declared: readonly DeclaredMember[];
  /** The verdicts on rows that failed. */
  readonly failedRows: readonly RosterRow[];
  /** W12: patrons whom failed rows name, or may: left out or not is not known of them. */
  readonly inDoubt: ReadonlySet<number>;
  /** Whom some row means is unknown, so nobody is left out for sure (W12). */
  readonly judgesNobody: boolean;
  /** Whether rows are told of which there is nothing to say. */
  readonly everyRow: boolean;
}

export interface MemberUpdate {
  readonly before: MemberValues;
  readonly after: MemberValues;
}

/** What becomes of a section's members. */
export interface RosterPlan {
  readonly creates: readonly MemberValues[];
  readonly updates: readonly MemberUpdate[];
  /** Members that the file leaves out. */
  readonly inactivates: readonly MemberUpdate[];
  readonly unchanged: number;
  /** In row order. */
  readonly rows: readonly RosterRow[];
}

const nothingToSay: readonly RowNote[] = [];

/**
 * W11: replaces the roster of a section that a file names. In the file: added, updated, or active again with the row's
 * dates. Not in the file: INACTIVE, kept, with its own flag and time. Pure and linear; a section's rows come all at
 * once.
 */
export function replaceRoster(declaration: RosterDeclaration, today: Today): RosterPlan {
  const { stored, declared, failedRows } = declaration;
  // W12: a section none of whose rows is good is untouched.
  if (declared.length === 0) return untouched(failedRows);
  const draft = new RosterDraft(declaration);
  for (const member of declared) draft.declare(member);
  for (const member of stored) draft.judgeOmission(member, today);
  return draft.planned();
}

function untouched(failedRows: readonly RosterRow[]): RosterPlan {
  const [first, ...others] = failedRows;
  const told: RosterRow[] =
    first === undefined
      ? []
      : [{ ...first, notes: [...first.notes, { code: 'section-untouched' }] }, ...others];
  return { creates: [], updates: [], inactivates: [], unchanged: 0, rows: told };
}

class RosterDraft {
  readonly #declaration: RosterDeclaration;
  readonly #stored = new Map<number, MemberValues>();
  /** Patron → the row that counts. */
  readonly #last = new Map<number, DeclaredMember>();
  /** Rows that count of which an earlier one names the same member: the latest of those. */
  #twins: Map<DeclaredMember, number> | undefined;
  readonly #creates: MemberValues[] = [];
  readonly #updates: MemberUpdate[] = [];
  readonly #inactivates: MemberUpdate[] = [];
  readonly #rows: RosterRow[] = [];
  #unchanged = 0;

  constructor(declaration: RosterDeclaration) {
    this.#declaration = declaration;
    const { stored, declared } = declaration;
    for (const member of stored) this.#stored.set(member.patronId, member);
    for (const member of declared) this.#last.set(member.patronId, member);
    if (this.#last.size < declared.length) {
      this.#twins = new Map();
      for (const member of declared) {
        const counting = this.#last.get(member.patronId)!;
        if (counting !== member) this.#twins.set(counting, member.row);
      }
    }
  }

  declare(member: DeclaredMember): void {
    const counting = this.#last.get(member.patronId)!;
    const stored = this.#stored.get(member.patronId);
    // W6: a column that the file lacks leaves the dates alone.
    const startDate = counting.startDate === undefined ? (stored?.startDate ?? null) : counting.startDate;
    const endDate = counting.endDate === undefined ? (stored?.endDate ?? null) : counting.endDate;
    const outcome =
      stored === undefined ? 'created' : saysSo(stored, startDate, endDate) ? 'unchanged' : 'updated';
    if (counting === member) {
      if (outcome === 'unchanged') this.#unchanged++;
      else {
        const after = memberOf(this.#declaration.sectionId, member.patronId, startDate, endDate, null);
        if (stored === undefined) this.#creates.push(after);
        else this.#updates.push({ before: stored, after });
      }
    }
    this.#tell(member, counting, outcome, startDate, endDate);
  }

  /** A member that is stored: the file may leave it out. */
  judgeOmission(member: MemberValues, { statusOf, at }: Today): void {
    const { judgesNobody, inDoubt } = this.#declaration;
    if (this.#last.has(member.patronId) || member.inactiveSince !== null) return;
    // W12: a failed row is no omission of the pair it names, and a blank one may name anybody.
    if (judgesNobody || inDoubt.has(member.patronId)) return;
    const { sectionId, patronId, startDate, endDate } = member;
    const update = { before: member, after: memberOf(sectionId, patronId, startDate, endDate, at) };
    // One whose end has come takes the flag as well, so that a later date alone does not bring it back.
    if (statusOf(member) === 'INACTIVE') this.#updates.push(update);
    else this.#inactivates.push(update);
  }

  planned(): RosterPlan {
    const { failedRows } = this.#declaration;
    const rows =
      failedRows.length === 0 ? this.#rows : [...this.#rows, ...failedRows].toSorted((a, b) => a.row - b.row);
    return {
      creates: this.#creates,
      updates: this.#updates,
      inactivates: this.#inactivates,
      unchanged: this.#unchanged,
      rows,
    };
  }

  #tell(
    member: DeclaredMember,
    counting: DeclaredMember,
    outcome: RowOutcome,
    startDate: Term['startDate'],
    endDate: Term['endDate'],
  ): void {
    // W11: the same pair twice: the later row counts, and both say so.
    const twin = counting === member ? this.#twins?.get(member) : counting.row;
    const early = endsBeforeStart(startDate, endDate);
    if (twin === undefined && !early && !this.#declaration.everyRow) return;
    const notes: RowNote[] = [];
    if (twin !== undefined) {
      notes.push({ code: 'member-repeated', value: member.member, suggestion: String(twin) });
    }
    if (early) notes.push({ code: 'end-not-after-start', column: 'end-date', value: endDate! });
    this.#rows.push({
      row: member.row,
      outcome,
      notes: notes.length === 0 ? nothingToSay : notes,
      patronId: member.patronId,
    });
  }
}

/** Whether a stored member is as its row has it: being in the file, it is not flagged. */
function saysSo(stored: MemberValues, startDate: Term['startDate'], endDate: Term['endDate']): boolean {
  return stored.startDate === startDate && stored.endDate === endDate && stored.inactiveSince === null;
}

function memberOf(
  sectionId: number,
  patronId: number,
  startDate: Term['startDate'],
  endDate: Term['endDate'],
  inactiveSince: Term['inactiveSince'],
): MemberValues {
  return { sectionId, patronId, startDate, endDate, inactiveSince };
}
