import { MusterError } from '../domain/errors.ts';

/** Short enough for a file name and a host name. */
const slugForm = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** `bad-request` where a tenant cannot be called so. */
export function refuseBadSlug(slug: string): void {
  if (slugForm.test(slug)) return;
  throw new MusterError(
    'bad-request',
    `“${slug}” cannot name a tenant: use lower-case letters, digits and hyphens, at most 63.`,
  );
}

export function noSuchTenant(slug: string): MusterError {
  return new MusterError('not-found', `There is no tenant “${slug}”.`);
}
