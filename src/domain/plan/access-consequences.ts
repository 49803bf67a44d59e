/** What a plan comes to for access, today. */
export interface AccessConsequences {
  /**
   * Whether patrons are counted, each once whatever ways there are to a target; otherwise memberships that lead there,
   * because there are too many of them.
   */
  readonly exact: boolean;
  /** By target, those that lose most first. */
  readonly targets: readonly TargetChange[];
  /** Names of what becomes restricted, and of what everybody may have from now on. */
  readonly closed: readonly string[];
  readonly opened: readonly string[];
}

/** What may be reserved or entered. */
export interface TargetChange {
  readonly kind: 'resource-type' | 'checkout-center' | 'wco-checkout-center';
  readonly id: number;
  readonly name: string;
  readonly lose: number;
  readonly gain: number;
}

/** What a section leads to: places in a list of targets. */
export type Leads = ReadonlySet<number>;

/** A membership before and after. */
export interface MembershipChange {
  readonly sectionId: number;
  readonly activeBefore: boolean;
  readonly activeAfter: boolean;
}

/** What each section leads to, before and after. */
export type LeadsOf = (sectionId: number) => { readonly before: Leads; readonly after: Leads };

/** Counts by target who loses and who gains it. */
export class TargetCounts {
  readonly #lose = new Map<number, number>();
  readonly #gain = new Map<number, number>();

  /** Adds a patron with all its memberships: whoever has another way to a target neither loses nor gains it. */
  addPatron(memberships: readonly MembershipChange[], leadsOf: LeadsOf): void {
    const [had, has] = [new Set<number>(), new Set<number>()];
    for (const { sectionId, activeBefore, activeAfter } of memberships) {
      const { before, after } = leadsOf(sectionId);
      if (activeBefore) for (const target of before) had.add(target);
      if (activeAfter) for (const target of after) has.add(target);
    }
    this.add(had.difference(has), has.difference(had), 1);
  }

  /** Adds so many that lose and gain these targets. */
  add(lost: Leads, gained: Leads, count: number): void {
    if (count === 0) return;
    for (const target of lost) this.#lose.set(target, (this.#lose.get(target) ?? 0) + count);
    for (const target of gained) this.#gain.set(target, (this.#gain.get(target) ?? 0) + count);
  }

  /** Every target that anybody loses or gains, by its place. */
  get total(): { readonly place: number; readonly lose: number; readonly gain: number }[] {
    const places = new Set([...this.#lose.keys(), ...this.#gain.keys()]);
    return Array.from(places, (place) => ({
      place,
      lose: this.#lose.get(place) ?? 0,
      gain: this.#gain.get(place) ?? 0,
    }));
  }
}
