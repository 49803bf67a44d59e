import type { ContactRole, ContactType, ContactValues } from './contact.ts';

type Candidate = Pick<ContactValues, 'type' | 'role' | 'primary'>;

/** I11: who is elected when no e-mail is declared primary; the lower rank first. */
const electionRank: Readonly<Record<ContactRole, number>> = { PATRON: 0, GUARDIAN: 1, OTHER: 2 };

/** The index of the primary contact of each type, -1 where a type has none. */
export type PrimaryIndexes = Readonly<Record<ContactType, number>>;

/**
 * I11: which of a patron's resulting contacts are the primary ones. The list is in order of precedence:
 * file order for declared ones, then stored order. Of several primary ones of a type the first with a
 * `claim` stays (I12: a custom one that was kept), else the first. Where no e-mail is primary, one is elected;
 * a phone or social media contact never is.
 */
export function choosePrimaries<T extends Candidate>(
  contacts: readonly T[],
  claim?: (contact: T) => boolean,
): PrimaryIndexes {
  const chosen: Record<ContactType, number> = { EMAIL: -1, PHONE: -1, SOCIAL_MEDIA: -1 };
  const claimed: Record<ContactType, boolean> = { EMAIL: false, PHONE: false, SOCIAL_MEDIA: false };
  for (let i = 0; i < contacts.length; i++) {
    const contact = contacts[i]!;
    if (!contact.primary || claimed[contact.type]) continue;
    const claims = claim?.(contact) ?? false;
    if (chosen[contact.type] === -1 || claims) chosen[contact.type] = i;
    claimed[contact.type] = claims;
  }
  if (chosen.EMAIL === -1) chosen.EMAIL = electEmail(contacts);
  return chosen;
}

/** The index of the e-mail that becomes primary where none is: by role, then by order; -1 without e-mail. */
export function electEmail(contacts: readonly Candidate[]): number {
  let elected = -1;
  let best = Infinity;
  for (let i = 0; i < contacts.length; i++) {
    const { type, role } = contacts[i]!;
    if (type === 'EMAIL' && electionRank[role] < best) {
      elected = i;
      best = electionRank[role];
    }
  }
  return elected;
}
