import { effectiveDay, addDays } from '../src/domain/access/effective-day.ts';
import { statusOn } from '../src/domain/access/status.ts';
import type { Term } from '../src/domain/access/term.ts';
import type { TenantStore, TenantTransactor } from '../src/ports/tenant-store.ts';
import { randomNumbers } from './generate.ts';

/** The size of an invented campus whose dates turn day by day. */
export interface DatedCampus {
  readonly patrons: number;
  readonly types: number;
  readonly sections: number;
  readonly members: number;
  /** Memberships with dates of their own that start or end on each of the next days. */
  readonly turningADay: number;
}

const membersPerSection = 50;
const sectionsPerGroup = 10;
const membershipsPerPatron = 5;
const types = 2_000;
const primarySets = 100;
const kits = 40;
const parts = 20;
const turningADay = 4_000;
/** So many days have members of their own that turn; beyond them whole groups end. */
const turningDays = 12;
const groupsEndAfterDays = 60;
const recordsPerPiece = 5_000;

const always: Term = { startDate: null, endDate: null, inactiveSince: null };

/**
 * Stores a campus as imports at that instant would have left it: five memberships a patron, fifty a section, ten sections a
 * group; primary sets that nest kits, which nest parts; every second group ends in sixty days, and on each of the first twelve
 * four thousand memberships start or end.
 */
export async function storeDatedCampus(
  store: TenantStore,
  patrons: number,
  seed: number,
  at: number,
): Promise<DatedCampus> {
  const sections = Math.max(1, Math.round((patrons * membershipsPerPatron) / membersPerSection));
  const groups = Math.ceil(sections / sectionsPerGroup);
  const random = randomNumbers(seed);
  const day = effectiveDay(at, store.tenant.zone);
  const dated = (dates: Partial<Term>) => {
    const term = { ...always, ...dates };
    return { ...term, status: statusOn(term, day, at) };
  };
  await store.transact((tx) => storeSets(tx, random, at));
  await store.transact((tx) => storeGroups(tx, { groups, sections }, day, dated, at));
  await store.bulkTransact((tx) => storePatrons(tx, patrons, at));
  const members = await store.bulkTransact((tx) => storeMembers(tx, { sections, patrons }, day, dated, at));
  return { patrons, types, sections, members, turningADay };
}

type Dated = (dates: Partial<Term>) => Term & { readonly status: ReturnType<typeof statusOn> };

async function storeSets(tx: TenantTransactor, random: () => number, at: number): Promise<void> {
  const by = { createdRun: null, createdAt: at };
  await tx.records.organization.insert(
    [{ id: await tx.allocateIds('organization', 1), name: 'Media', status: null }],
    by,
  );
  const firstType = await tx.allocateIds('resource-type', types);
  await tx.records['resource-type'].insert(
    upTo(types).map((n) => ({
      id: firstType + n,
      uniqueIdentifier: `T${n}`,
      name: `Type ${n}`,
      restricted: true,
      status: null,
    })),
    by,
  );
  const count = primarySets + kits + parts;
  const first = await tx.allocateIds('authorization-set', count);
  const some = (from: number, size: number, wanted: number) => {
    const chosen = new Set<number>();
    while (chosen.size < wanted) chosen.add(from + Math.floor(random() * size));
    return [...chosen].toSorted((a, b) => a - b);
  };
  const nestedIn = (n: number) => {
    if (n < primarySets) return some(first + primarySets, kits, 3);
    return n < primarySets + kits ? some(first + primarySets + kits, parts, 2) : [];
  };
  await tx.records['authorization-set'].insert(
    upTo(count).map((n) => ({
      id: first + n,
      uniqueIdentifier: `S${n}`,
      name: `Set ${n}`,
      description: '',
      organizationId: 1,
      delegatedTo: [],
      resourceTypes: some(firstType, types, 15),
      checkoutCenters: [],
      wcoCheckoutCenters: [],
      sets: nestedIn(n),
      ...always,
      status: 'ACTIVE' as const,
    })),
    by,
  );
}

const described = {
  description: '',
  note: '',
  contactPatronId: null,
  contactRole: '',
  telephone: '',
  email: '',
  url: '',
  contactNote: '',
} as const;

async function storeGroups(
  tx: TenantTransactor,
  sizes: { readonly groups: number; readonly sections: number },
  day: string,
  dated: Dated,
  at: number,
): Promise<void> {
  const by = { createdRun: null, createdAt: at };
  const firstGroup = await tx.allocateIds('group', sizes.groups);
  const endDate = addDays(day, groupsEndAfterDays);
  await tx.records.group.insert(
    upTo(sizes.groups).map((n) => ({
      id: firstGroup + n,
      uniqueIdentifier: `G${n}`,
      name: `Group ${n}`,
      organizationId: 1,
      primarySetId: 1 + (n % primarySets),
      ...described,
      ...dated(n % 2 === 0 ? { endDate } : {}),
    })),
    by,
  );
  const firstSection = await tx.allocateIds('section', sizes.sections);
  await tx.records.section.insert(
    upTo(sizes.sections).map((n) => ({
      id: firstSection + n,
      uniqueIdentifier: `SEC${n}`,
      name: `Section ${n}`,
      groupId: firstGroup + Math.floor(n / sectionsPerGroup),
      ...described,
      ...dated({}),
    })),
    by,
  );
}

async function storePatrons(tx: TenantTransactor, patrons: number, at: number): Promise<void> {
  const first = await tx.allocateIds('patron', patrons);
  for (let from = 0; from < patrons; from += recordsPerPiece) {
    await tx.patrons.insert(
      upTo(Math.min(recordsPerPiece, patrons - from)).map((n) => ({
        id: first + from + n,
        username: `u${from + n}`,
        barcode: `B${from + n}`,
        externalid: `P${from + n}`,
        firstname: 'Ada',
        surname: `Number ${from + n}`,
        classgrade: '',
        room: '',
        role: 'STUDENT' as const,
        status: 'ACTIVE' as const,
      })),
      { createdRun: null, createdAt: at },
    );
  }
}

/** Members in the order of their key. The first of each day's share start on it, the others end. */
async function storeMembers(
  tx: TenantTransactor,
  sizes: { readonly sections: number; readonly patrons: number },
  day: string,
  dated: Dated,
  at: number,
): Promise<number> {
  const days = upTo(turningDays).map((n) => addDays(day, n + 1));
  const all = sizes.sections * membersPerSection;
  const every = Math.max(1, Math.floor(all / (turningADay * turningDays)));
  const usual = dated({});
  const turning = days.map((date) => [dated({ startDate: date }), dated({ endDate: date })] as const);
  let stored = 0;
  let turned = 0;
  for (let from = 0; from < sizes.sections; from += 100) {
    const members = upTo(Math.min(100, sizes.sections - from)).flatMap((n) => {
      const section = from + n;
      const ids = new Set(
        upTo(membersPerSection).map((m) => 1 + ((section * 7919 + m * 4001) % sizes.patrons)),
      );
      return [...ids]
        .toSorted((a, b) => a - b)
        .map((patronId) => {
          stored += 1;
          const isTurning = stored % every === 0 && turned < turningADay * turningDays;
          if (isTurning) turned += 1;
          const term = isTurning
            ? turning[turned % turningDays]![Math.floor(turned / turningDays) % 2]!
            : usual;
          return { sectionId: 1 + section, patronId, ...term };
        });
    });
    await tx.members.insert(members, { createdRun: null, createdAt: at });
  }
  return stored;
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
