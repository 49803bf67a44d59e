import { recordEntities, recordNouns } from '../records.ts';
import { things } from '../text/things.ts';
import type { AccessConsequences, TargetChange } from './access-consequences.ts';
import type { Consequences } from './consequences.ts';
import type { RecordCounts } from './record-tally.ts';
import type { MemberConsequences } from './roster-tally.ts';

/** More targets than this no sentence names. */
const namedMax = 10;

/** What a plan takes away among records, memberships and access, a sentence each. */
export function sayRecordLosses({ records, members, access }: Consequences): string[] {
  return [
    ...sayRecords(records, 'inactivated', 'becomes inactive', 'become inactive'),
    ...sayRecords(records, 'removed', 'is removed', 'are removed'),
    ...sayMembers(members, 'inactivated', 'ends', 'end'),
    ...sayMembers(members, 'removed', 'is removed', 'are removed'),
    ...sayTargets(access, 'lose'),
    ...(access?.closed ?? []).map(
      (name) => `${name} becomes restricted: whomever no authorization set grants it loses it today.`,
    ),
  ];
}

/** What comes and changes, a sentence each. */
export function sayRecordGains({ records, members, access }: Consequences): string[] {
  return [
    ...(access?.opened ?? []).map((name) => `${name} is open to every active patron from today.`),
    ...sayTargets(access, 'gain'),
    ...sayMembers(members, 'gained', 'is new', 'are new'),
    ...sayMembers(members, 'reactivated', 'begins again', 'begin again'),
    ...sayMembers(members, 'changed', 'gets other dates', 'get other dates'),
    ...sayRecords(records, 'created', 'is new', 'are new'),
    ...sayRecords(records, 'reactivated', 'becomes active again', 'become active again'),
    ...sayRecords(records, 'updated', 'changes in some way', 'change in some way'),
  ];
}

function sayRecords(
  records: Consequences['records'] = {},
  what: keyof RecordCounts,
  one: string,
  many: string,
): string[] {
  return recordEntities.flatMap((entity) => {
    const count = records[entity]?.[what] ?? 0;
    if (count === 0) return [];
    return `${things(count, ...recordNouns[entity])} ${count === 1 ? one : many}.`;
  });
}

function sayMembers(
  members: MemberConsequences | undefined,
  what: keyof MemberConsequences,
  one: string,
  many: string,
): string[] {
  const count = members?.[what] ?? 0;
  return count === 0 ? [] : [`${things(count, 'membership')} ${count === 1 ? one : many}.`];
}

function sayTargets(access: AccessConsequences | undefined, what: 'lose' | 'gain'): string[] {
  if (access === undefined) return [];
  const concerned = access.targets.filter((target) => target[what] > 0).toSorted((a, b) => b[what] - a[what]);
  const sentences = concerned.slice(0, namedMax).map((target) => {
    const count = target[what];
    const name = targetName(target);
    if (access.exact) return `${things(count, 'patron')} ${what}${count === 1 ? 's' : ''} ${name} today.`;
    const turn = what === 'lose' ? ['ends', 'end'] : ['begins', 'begin'];
    return `${things(count, 'membership')} that ${count === 1 ? 'leads' : 'lead'} to ${name} ${turn[count === 1 ? 0 : 1]} today.`;
  });
  const more = concerned.length - namedMax;
  if (more > 0) sentences.push(`So it is for ${things(more, 'other thing')} to reserve or enter.`);
  return sentences;
}

function targetName({ kind, name }: TargetChange): string {
  if (kind === 'checkout-center') return `the patron portal of ${name}`;
  return kind === 'wco-checkout-center' ? `service at ${name}` : name;
}
