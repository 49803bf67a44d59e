import type { ChainLink, Membership, ReachingSet, ReachingSets } from '../../src/domain/access/chain.ts';

type Dates = Partial<Pick<ChainLink, 'startDate' | 'endDate' | 'inactiveSince'>>;

const always = { startDate: null, endDate: null, inactiveSince: null };

/** A link with the dates given, for ever otherwise. */
export function link(entity: ChainLink['entity'], id: number, dates: Dates = {}): ChainLink {
  const uniqueIdentifier = `${entity}-${id}`;
  return { entity, id, uniqueIdentifier, name: uniqueIdentifier, ...always, ...dates };
}

/** A membership in section, group and primary set `id`. */
export function membership(
  id: number,
  dates: {
    readonly member?: Dates;
    readonly section?: Dates;
    readonly group?: Dates;
    readonly set?: Dates;
  } = {},
): Membership & { readonly primarySet: ChainLink } {
  return {
    member: link('member', id, dates.member),
    section: link('section', id, dates.section),
    group: link('group', id, dates.group),
    primarySet: link('authorization-set', id, dates.set),
  };
}

/** Sets by id: whether they grant the target themselves (`true`) or through which others. */
export function reaching(
  sets: Readonly<Record<number, true | readonly number[]>>,
  dates: Readonly<Record<number, Dates>> = {},
): ReachingSets {
  return new Map(
    Object.entries(sets).map(([key, what]): [number, ReachingSet] => {
      const id = Number(key);
      const set = link('authorization-set', id, dates[id]);
      return [id, { set, grants: what === true, through: what === true ? [] : what }];
    }),
  );
}
