import type { ContactRole } from '../contact/contact.ts';
import { scenarios } from '../contact/scenarios.ts';
import { things } from '../text/things.ts';
import type { Consequences } from './consequences.ts';
import type { MessageChange } from './patron-tally.ts';
import { sayRecordGains, sayRecordLosses } from './say-records.ts';

/** What a plan comes to, a sentence each, what is lost first; none where nothing changes. */
export function sayConsequences(consequences: Consequences): string[] {
  const { patrons, contacts, messages } = consequences;
  const removed = things(contacts.removed, 'contact');
  const say = (count: number, one: string, many: string) =>
    count === 0 ? [] : [`${things(count, 'patron')} ${count === 1 ? one : many}.`];
  return [
    ...say(patrons.inactivated, 'becomes inactive', 'become inactive'),
    ...say(patrons.removed, 'is removed', 'are removed'),
    ...say(patrons.losingContacts, `loses ${removed}`, `lose ${removed}`),
    ...say(patrons.leftWithoutContacts, 'is left without any contact', 'are left without any contact'),
    ...say(patrons.leftWithoutEmail, 'is left without any e-mail', 'are left without any e-mail'),
    ...sayMessages(messages, 'stop'),
    ...sayRecordLosses(consequences),
    ...sayMessages(messages, 'start'),
    ...say(patrons.created, 'is new', 'are new'),
    ...say(patrons.reactivated, 'becomes active again', 'become active again'),
    ...say(patrons.changed, 'changes in some way', 'change in some way'),
    ...sayRecordGains(consequences),
  ];
}

const people: Readonly<Record<ContactRole, readonly [string, string]>> = {
  PATRON: ['patron’s own address', 'patrons’ own addresses'],
  GUARDIAN: ['guardian', 'guardians'],
  OTHER: ['other person', 'other people'],
};

/** One sentence for all scenarios of a role in which as many are concerned. */
function sayMessages(messages: readonly MessageChange[], what: 'stop' | 'start'): string[] {
  const groups = new Map<string, MessageChange[]>();
  for (const message of messages) {
    if (message[what] === 0) continue;
    const key = `${message.role} ${message[what]}`;
    groups.set(key, [...(groups.get(key) ?? []), message]);
  }
  return [...groups.values()].map((group) => {
    const { role, [what]: count } = group[0]!;
    const [one, many] = people[role];
    const every = group.length === scenarios.length;
    const which = every ? 'messages of every kind' : group.map(({ scenario }) => scenario).join(', ');
    return `${count} ${count === 1 ? one : many} ${what}${count === 1 ? 's' : ''} getting ${which}.`;
  });
}
