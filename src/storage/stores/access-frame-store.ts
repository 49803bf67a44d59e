import { sql } from 'kysely';
import type { FrameSet } from '../../domain/access/set-graph.ts';
import type { Day } from '../../domain/access/term.ts';
import type { AccessTarget } from '../../ports/access.ts';
import type {
  AccessFrameReader,
  FrameMember,
  FrameMemberships,
  FrameSection,
  FrameSets,
} from '../../ports/access-turns.ts';
import { entryKindCode, patronStatusCode } from '../schema/codes.ts';
import { dayNumber, dayOf } from '../schema/days.ts';
import type { StoreContext } from './context.ts';
import { termOf } from './term-columns.ts';
import { stillTurning } from './turning-terms.ts';

/** As it is read: dates are numbers yet. */
interface MemberRow extends Omit<FrameMember, 'startDate' | 'endDate'> {
  startDate: number | Day | null;
  endDate: number | Day | null;
}

interface MembershipsRow {
  patronId: number;
  memberships: string | null;
}

/** Ids and terms of everything that access hangs on. */
export class AccessFrameStore implements AccessFrameReader {
  readonly #context: StoreContext;
  /** Dates are few and members many: each is made into a text once. */
  readonly #days = new Map<number, Day>();

  constructor(context: StoreContext) {
    this.#context = context;
  }

  async listSections(from: Day): Promise<FrameSection[]> {
    const { db, tenantId } = this.#context;
    const groups = await db
      .selectFrom('patron_group')
      .select(['id', 'primary_set_id', 'start_date', 'end_date', 'inactive_since'])
      .where('tenant_id', '=', tenantId)
      .where('primary_set_id', 'is not', null)
      .where(notBefore(from))
      .execute();
    const groupOf = new Map(
      groups.map((group) => [group.id, { setId: group.primary_set_id!, term: termOf(group) }]),
    );
    const sections = await db
      .selectFrom('section')
      .select(['id', 'group_id', 'start_date', 'end_date', 'inactive_since'])
      .where('tenant_id', '=', tenantId)
      .where(notBefore(from))
      .orderBy('id')
      .execute();
    const found: FrameSection[] = [];
    for (const section of sections) {
      const { id, group_id: groupId } = section;
      const group = groupOf.get(groupId);
      if (group === undefined) continue;
      found.push({ id, term: termOf(section), groupId, groupTerm: group.term, setId: group.setId });
    }
    return found;
  }

  async listSets(): Promise<FrameSets> {
    const { db, tenantId } = this.#context;
    const sets = await db
      .selectFrom('authorization_set')
      .select(['id', 'start_date', 'end_date', 'inactive_since'])
      .where('tenant_id', '=', tenantId)
      .execute();
    const entries = await db
      .selectFrom('set_entry')
      .select(['set_id', 'kind', 'target_id'])
      .where('tenant_id', '=', tenantId)
      .execute();
    const restricted = await this.#restricted();
    const places = new Map<string, number>();
    const targets: AccessTarget[] = [];
    const place = (kind: AccessTarget['kind'], id: number) => {
      const key = `${kind} ${id}`;
      const known = places.get(key) ?? targets.push({ kind, id }) - 1;
      places.set(key, known);
      return known;
    };
    const byId = new Map(
      sets.map((set): [number, FrameSet & { targets: number[]; nested: number[] }] => [
        set.id,
        { id: set.id, ...termOf(set), targets: [], nested: [] },
      ]),
    );
    for (const { set_id, kind: code, target_id } of entries) {
      const set = byId.get(set_id)!;
      const kind = entryKindCode.toWord(code);
      if (kind === 'authorization-set') set.nested.push(target_id);
      else if (restricted[kind].has(target_id)) set.targets.push(place(kind, target_id));
    }
    return { sets: [...byId.values()], targets };
  }

  async listMembersOfSections(sectionIds: readonly number[], from: Day): Promise<FrameMember[]> {
    const rows = await this.#members(sectionIds, from)
      .whereRef('section_member.section_id', '=', 'wanted.value')
      .execute();
    return this.#membersOf(rows);
  }

  async listMembersOfPatrons(patronIds: readonly number[], from: Day): Promise<FrameMember[]> {
    const rows = await this.#members(patronIds, from)
      .whereRef('section_member.patron_id', '=', 'wanted.value')
      .execute();
    return this.#membersOf(rows);
  }

  async listPatronsOfSections(sectionIds: readonly number[]): Promise<number[]> {
    const rows = await this.#context.db
      .selectFrom(this.#context.tools.wantedIds(sectionIds))
      .crossJoin('section_member')
      .select('section_member.patron_id as id')
      .where('section_member.tenant_id', '=', this.#context.tenantId)
      .whereRef('section_member.section_id', '=', 'wanted.value')
      .execute();
    return rows.map(({ id }) => id);
  }

  async listPatronsTurning(from: Day, to: Day, limit: number): Promise<number[]> {
    const { db, tenantId } = this.#context;
    const found = new Set<number>();
    for (const { date, still } of stillTurning) {
      const { rows } = await sql<{ id: number }>`
        select distinct patron_id as id from section_member
        where tenant_id = ${tenantId} and ${still} and ${date} >= ${dayNumber(from)} and ${date} < ${dayNumber(to)}
        limit ${limit} + 0`.execute(db);
      for (const { id } of rows) found.add(id);
    }
    return [...found].slice(0, limit);
  }

  async listMemberships(patronIds: readonly number[], from: Day, at: number): Promise<FrameMemberships[]> {
    const { db, tenantId, tools } = this.#context;
    // One by one, since grouping them would sort them first.
    const rows = await db
      .selectFrom(tools.wantedIds(patronIds))
      .select('wanted.value as patronId')
      .select((eb) =>
        eb
          .selectFrom('section_member')
          .select(joined.as('text'))
          .where('section_member.tenant_id', '=', tenantId)
          .whereRef('section_member.patron_id', '=', 'wanted.value')
          .where(notBefore(from))
          .where(unflagged(at))
          .as('memberships'),
      )
      .execute();
    return rows.map((row) => this.#membershipsOf(row)).sort((a, b) => a.patronId - b.patronId);
  }

  async listMembershipsAfter(
    afterId: number,
    limit: number,
    from: Day,
    at: number,
  ): Promise<FrameMemberships[]> {
    const { db, tenantId } = this.#context;
    const rows = await db
      .selectFrom('section_member')
      .select(['patron_id as patronId', joined.as('memberships')])
      .where('tenant_id', '=', tenantId)
      .where('patron_id', '>', afterId)
      .where(notBefore(from))
      .where(unflagged(at))
      .groupBy('patron_id')
      .orderBy('patron_id')
      .limit(limit)
      .execute();
    return rows.map((row) => this.#membershipsOf(row));
  }

  async listInactive(patronIds: readonly number[]): Promise<number[]> {
    const rows = await this.#context.db
      .selectFrom(this.#context.tools.wantedIds(patronIds))
      .crossJoin('patron')
      .select('patron.id')
      .where('patron.tenant_id', '=', this.#context.tenantId)
      .whereRef('patron.id', '=', 'wanted.value')
      .where('patron.status', '=', patronStatusCode.toNumber('INACTIVE'))
      .execute();
    return rows.map(({ id }) => id);
  }

  #members(ids: readonly number[], from: Day) {
    return this.#context.db
      .selectFrom(this.#context.tools.wantedIds(ids))
      .crossJoin('section_member')
      .select([
        'section_member.section_id as sectionId',
        'section_member.patron_id as patronId',
        'section_member.start_date as startDate',
        'section_member.end_date as endDate',
        'section_member.inactive_since as inactiveSince',
      ])
      .where('section_member.tenant_id', '=', this.#context.tenantId)
      .where(notBefore(from));
  }

  async #restricted(): Promise<Record<AccessTarget['kind'], ReadonlySet<number>>> {
    const { db, tenantId } = this.#context;
    const types = await db
      .selectFrom('resource_type')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('restricted', '=', 1)
      .execute();
    const centers = await db
      .selectFrom('checkout_center')
      .select(['id', 'portal_restricted', 'wco_restricted'])
      .where('tenant_id', '=', tenantId)
      .execute();
    const idsOf = (rows: readonly { id: number }[]) => new Set(rows.map(({ id }) => id));
    return {
      'resource-type': idsOf(types),
      'checkout-center': idsOf(centers.filter((center) => center.portal_restricted === 1)),
      'wco-checkout-center': idsOf(centers.filter((center) => center.wco_restricted === 1)),
    };
  }

  #membershipsOf({ patronId, memberships: text }: MembershipsRow): FrameMemberships {
    if (text === null) return { patronId, undated: [], dated: [] };
    if (!text.includes(':')) return { patronId, undated: JSON.parse(`[${text}]`) as number[], dated: [] };
    const undated: number[] = [];
    const dated: FrameMemberships['dated'][number][] = [];
    const day = (digits: string) => (digits === '' ? null : this.#dayOf(Number(digits)));
    for (const membership of text.split(',')) {
      const [sectionId, start, end] = membership.split(':');
      if (start === undefined) undated.push(Number(sectionId));
      else dated.push({ sectionId: Number(sectionId), startDate: day(start), endDate: day(end!) });
    }
    return { patronId, undated, dated };
  }

  /** The rows themselves, with their dates made into texts: a million others beside them would cost more than reading. */
  #membersOf(rows: MemberRow[]): FrameMember[] {
    for (const row of rows) {
      if (typeof row.startDate === 'number') row.startDate = this.#dayOf(row.startDate);
      if (typeof row.endDate === 'number') row.endDate = this.#dayOf(row.endDate);
    }
    return rows as FrameMember[];
  }

  #dayOf(stored: number): Day {
    const known = this.#days.get(stored);
    if (known !== undefined) return known;
    const day = dayOf(stored);
    this.#days.set(stored, day);
    return day;
  }
}

/** What has not ended before a day. */
function notBefore(from: Day) {
  return sql<boolean>`(end_date is null or end_date >= ${dayNumber(from)})`;
}

/** What has no flag set at an instant. */
function unflagged(at: number) {
  return sql<boolean>`(inactive_since is null or inactive_since > ${at})`;
}

/**
 * All memberships of a patron as one text, `12,13:20260901:,14`: section, and start and end where there are any. A row
 * for each of a million would take most of the time in which they are read.
 */
const joined = sql<string | null>`string_agg(cast(section_id as text) || case
  when start_date is null and end_date is null then ''
  else ':' || coalesce(cast(start_date as text), '') || ':' || coalesce(cast(end_date as text), '') end, ',')`;
