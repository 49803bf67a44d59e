import { effectiveDay } from '../../src/domain/access/effective-day.ts';
import { statusOn } from '../../src/domain/access/status.ts';
import type { Term } from '../../src/domain/access/term.ts';
import type { PatronStatus } from '../../src/domain/patron/patron.ts';
import type { RecordEntity } from '../../src/ports/records.ts';
import type { TenantStore, TenantTransactor } from '../../src/ports/tenant-store.ts';
import { newMember, newRecord } from './group-records.ts';
import { byHand, newPatron } from './records.ts';

export type Dates = Partial<Term>;

/** An invented campus by names alone; what refers to something comes after it. */
export interface CampusPlan {
  readonly patrons?: readonly (string | readonly [username: string, status: PatronStatus])[];
  /** Resource type → whether it is restricted. */
  readonly types?: Readonly<Record<string, boolean>>;
  /** Checkout center → whether its portal and its service are restricted. */
  readonly centers?: Readonly<Record<string, readonly [portal: boolean, wco: boolean]>>;
  readonly sets?: Readonly<
    Record<
      string,
      Dates & {
        readonly types?: readonly string[];
        readonly centers?: readonly string[];
        readonly wcoCenters?: readonly string[];
        readonly sets?: readonly string[];
      }
    >
  >;
  readonly groups?: Readonly<Record<string, Dates & { readonly set?: string }>>;
  readonly sections?: Readonly<Record<string, Dates & { readonly group: string }>>;
  readonly members?: readonly (readonly [section: string, username: string, dates?: Dates])[];
}

/** Ids by name, for those that ask for them. */
export type CampusIds = Readonly<Record<RecordEntity | 'patron', ReadonlyMap<string, number>>>;

/**
 * Stores a campus as imports at the instant `at` would have left it: the statuses are those of that moment. Patrons have
 * their name as username and, with a `p-` before it, as externalid.
 */
export async function buildCampus(
  store: TenantStore,
  plan: CampusPlan,
  at: number,
  zone = store.tenant.zone,
): Promise<CampusIds> {
  const day = effectiveDay(at, zone);
  const term = ({ startDate = null, endDate = null, inactiveSince = null }: Dates): Term => ({
    startDate,
    endDate,
    inactiveSince,
  });
  const dated = (dates: Dates) => ({ ...term(dates), status: statusOn(term(dates), day, at) });
  return store.transact(async (tx) => {
    const ids = await allocate(tx, plan);
    const of = (entity: keyof CampusIds, name: string) => {
      const id = ids[entity].get(name);
      if (id === undefined) throw new Error(`the campus has no ${entity} ${name}`);
      return id;
    };
    const all = (entity: keyof CampusIds, names: readonly string[] = []) =>
      names.map((name) => of(entity, name)).toSorted((a, b) => a - b);
    const by = { ...byHand, createdAt: at };
    await tx.patrons.insert(
      (plan.patrons ?? []).map((entry) => {
        const [username, status] = typeof entry === 'string' ? [entry, 'ACTIVE' as const] : entry;
        const keys = { username, externalid: `p-${username}`, barcode: '', status };
        return { ...newPatron(of('patron', username)), ...keys };
      }),
      by,
    );
    const organizationId = ids.organization.get('Media')!;
    await tx.records.organization.insert([newRecord.organization(organizationId, { name: 'Media' })], by);
    await tx.records['resource-type'].insert(
      Object.entries(plan.types ?? {}).map(([name, restricted]) =>
        newRecord['resource-type'](of('resource-type', name), { uniqueIdentifier: name, name, restricted }),
      ),
      by,
    );
    await tx.records['checkout-center'].insert(
      Object.entries(plan.centers ?? {}).map(([name, [portalRestricted, wcoRestricted]]) =>
        newRecord['checkout-center'](of('checkout-center', name), { name, portalRestricted, wcoRestricted }),
      ),
      by,
    );
    await tx.records['authorization-set'].insert(
      Object.entries(plan.sets ?? {}).map(([name, { types, centers, wcoCenters, sets, ...dates }]) =>
        newRecord['authorization-set'](of('authorization-set', name), {
          uniqueIdentifier: name,
          name,
          organizationId,
          resourceTypes: all('resource-type', types),
          checkoutCenters: all('checkout-center', centers),
          wcoCheckoutCenters: all('checkout-center', wcoCenters),
          sets: all('authorization-set', sets),
          ...dated(dates),
        }),
      ),
      by,
    );
    await tx.records.group.insert(
      Object.entries(plan.groups ?? {}).map(([name, { set, ...dates }]) =>
        newRecord.group(of('group', name), {
          uniqueIdentifier: name,
          name,
          organizationId,
          primarySetId: set === undefined ? null : of('authorization-set', set),
          ...dated(dates),
        }),
      ),
      by,
    );
    await tx.records.section.insert(
      Object.entries(plan.sections ?? {}).map(([name, { group, ...dates }]) =>
        newRecord.section(of('section', name), {
          uniqueIdentifier: name,
          name,
          groupId: of('group', group),
          ...dated(dates),
        }),
      ),
      by,
    );
    await tx.members.insert(
      (plan.members ?? []).map(([section, username, dates = {}]) =>
        newMember(of('section', section), of('patron', username), dated(dates)),
      ),
      by,
    );
    return ids;
  });
}

async function allocate(tx: TenantTransactor, plan: CampusPlan): Promise<CampusIds> {
  const take = async (entity: RecordEntity | 'patron', names: readonly string[]) => {
    const first = names.length === 0 ? 0 : await tx.allocateIds(entity, names.length);
    return new Map(names.map((name, index) => [name, first + index]));
  };
  const usernames = (plan.patrons ?? []).map((entry) => (typeof entry === 'string' ? entry : entry[0]));
  return {
    patron: await take('patron', usernames),
    organization: await take('organization', ['Media']),
    'resource-type': await take('resource-type', Object.keys(plan.types ?? {})),
    'checkout-center': await take('checkout-center', Object.keys(plan.centers ?? {})),
    'authorization-set': await take('authorization-set', Object.keys(plan.sets ?? {})),
    group: await take('group', Object.keys(plan.groups ?? {})),
    section: await take('section', Object.keys(plan.sections ?? {})),
  };
}
