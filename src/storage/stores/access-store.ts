import { sql } from 'kysely';
import type { ChainLink, Membership, ReachingSet } from '../../domain/access/chain.ts';
import type { AccessReader, AccessTarget } from '../../ports/access.ts';
import { entryKindCode } from '../schema/codes.ts';
import type { StoreContext } from './context.ts';
import { FixedQuery } from './fixed-query.ts';
import { termOf } from './term-columns.ts';

/** What the question of access reads. Cross joins stand in the order in which they narrow, which holds SQLite to it. */
export class AccessStore implements AccessReader {
  readonly #memberships: ReturnType<typeof membershipsQuery>;
  readonly #reaching: ReturnType<typeof reachingQuery>;

  constructor(context: StoreContext) {
    this.#memberships = membershipsQuery(context);
    this.#reaching = reachingQuery(context);
  }

  async listMemberships(patronId: number): Promise<Membership[]> {
    const rows = await this.#memberships.execute({ patronId });
    return rows.map((row) => {
      const section = named(row.section_id, row.section_identifier, row.section_name);
      return {
        member: {
          entity: 'member',
          ...section,
          ...termBetween(row.member_start, row.member_end, row.member_since),
        },
        section: {
          entity: 'section',
          ...section,
          ...termBetween(row.section_start, row.section_end, row.section_since),
        },
        group: {
          entity: 'group',
          ...named(row.group_id, row.group_identifier, row.group_name),
          ...termBetween(row.group_start, row.group_end, row.group_since),
        },
        primarySet:
          row.set_id === null
            ? undefined
            : {
                entity: 'authorization-set',
                ...named(row.set_id, row.set_identifier!, row.set_name!),
                ...termBetween(row.set_start, row.set_end, row.set_since),
              },
      };
    });
  }

  async mapSetsReaching(target: AccessTarget): Promise<Map<number, ReachingSet>> {
    const rows = await this.#reaching.execute({
      kind: entryKindCode.toNumber(target.kind),
      targetId: target.id,
    });
    const bySet = Map.groupBy(rows, ({ id }) => id);
    return new Map(
      [...bySet].map(([id, reached]) => {
        const [first] = reached as [(typeof rows)[0]];
        const through = reached.map(({ through_id }) => Number(through_id));
        return [
          id,
          {
            set: {
              entity: 'authorization-set',
              ...named(id, first.identifier, first.name),
              ...termOf(first),
            },
            grants: through.includes(0),
            through: through.filter((setId) => setId !== 0),
          },
        ];
      }),
    );
  }
}

type Place<Name extends string> = (name: Name) => string;

function membershipsQuery(context: StoreContext) {
  const { tenantId } = context;
  return new FixedQuery(context.db, (db, value: Place<'patronId'>) =>
    db
      // Settled before the rest is looked at: a planner that knows nothing of the tables yet would else begin with all
      // groups of the tenant.
      .with(
        (cte) => cte('chain').materialized(),
        (cte) =>
          cte
            .selectFrom('section_member as member')
            .crossJoin('section')
            .select([
              'member.start_date as member_start',
              'member.end_date as member_end',
              'member.inactive_since as member_since',
              'section.id as section_id',
              'section.identifier as section_identifier',
              'section.name as section_name',
              'section.start_date as section_start',
              'section.end_date as section_end',
              'section.inactive_since as section_since',
              'section.group_id',
            ])
            .where('member.tenant_id', '=', tenantId)
            .where('member.patron_id', '=', value('patronId') as never)
            .where('section.tenant_id', '=', tenantId)
            .whereRef('section.id', '=', 'member.section_id'),
      )
      .selectFrom('chain')
      .crossJoin('patron_group')
      .leftJoin('authorization_set', (join) =>
        join
          .on('authorization_set.tenant_id', '=', tenantId)
          .onRef('authorization_set.id', '=', 'patron_group.primary_set_id'),
      )
      .selectAll('chain')
      .select([
        'patron_group.identifier as group_identifier',
        'patron_group.name as group_name',
        'patron_group.start_date as group_start',
        'patron_group.end_date as group_end',
        'patron_group.inactive_since as group_since',
        'authorization_set.id as set_id',
        'authorization_set.identifier as set_identifier',
        'authorization_set.name as set_name',
        'authorization_set.start_date as set_start',
        'authorization_set.end_date as set_end',
        'authorization_set.inactive_since as set_since',
      ])
      .where('patron_group.tenant_id', '=', tenantId)
      .whereRef('patron_group.id', '=', 'chain.group_id')
      .orderBy('chain.section_id'),
  );
}

function reachingQuery(context: StoreContext) {
  const { tenantId } = context;
  // Pairs of a set and what it reaches the target through; a pair found again is not followed again (UNION), so
  // that even a cycle, which no rule lets come about, would end. The kind stands in the text, so that a planner that is
  // not told the values knows how few it leaves.
  return new FixedQuery(context.db, (db, value: Place<'kind' | 'targetId'>) =>
    db
      .withRecursive('reach(set_id, through_id)', (cte) =>
        cte
          .selectFrom('set_entry')
          .select(['set_entry.set_id', sql<number>`cast(0 as bigint)`.as('through_id')])
          .where('set_entry.tenant_id', '=', tenantId)
          .where('set_entry.kind', '=', value('kind') as never)
          .where('set_entry.target_id', '=', value('targetId') as never)
          .union((eb) =>
            eb
              .selectFrom('reach')
              .crossJoin('set_entry as nesting')
              .select(['nesting.set_id', 'reach.set_id as through_id'])
              .where('nesting.tenant_id', '=', tenantId)
              .where('nesting.kind', '=', eb.lit(entryKindCode.toNumber('authorization-set')))
              .whereRef('nesting.target_id', '=', 'reach.set_id'),
          ),
      )
      .selectFrom('reach')
      .crossJoin('authorization_set')
      .select(['reach.through_id', 'authorization_set.id', 'identifier', 'name'])
      .select(['start_date', 'end_date', 'inactive_since'])
      .where('authorization_set.tenant_id', '=', tenantId)
      .whereRef('authorization_set.id', '=', 'reach.set_id')
      .orderBy('authorization_set.id')
      .orderBy('reach.through_id'),
  );
}

function named(
  id: number,
  uniqueIdentifier: string,
  name: string,
): Pick<ChainLink, 'id' | 'uniqueIdentifier' | 'name'> {
  return { id, uniqueIdentifier, name };
}

function termBetween(start: number | null, end: number | null, since: number | null) {
  return termOf({ start_date: start, end_date: end, inactive_since: since });
}
