import type { Contact } from '../domain/contact/contact.ts';
import { contactTypes } from '../domain/contact/contact.ts';
import { things } from '../domain/text/things.ts';
import { good, problem, warning, type Finding } from '../ports/finding.ts';
import type { TenantReader } from '../ports/tenant-store.ts';

const patronsPerPiece = 2_000;
/** A run that has not ended by then is stuck; the largest files take minutes. */
const stuckAfterMs = 60 * 60_000;

/** What a look through a tenant finds: broken rules, imports that stand still, nobody who may administer it. */
export async function inspectTenant(reader: TenantReader, slug: string, now: number): Promise<Finding[]> {
  const check = `tenant ${slug}`;
  const option = slug === 'main' ? '' : ` --tenant ${slug}`;
  const findings: Finding[] = [];
  const { patrons, broken } = await checkPrimaries(reader);
  if (broken > 0) {
    const finding = `${broken} patrons have no primary e-mail, or several primary contacts of one type.`;
    findings.push(problem(check, finding, 'Import their contacts again, or choose a primary one by hand.'));
  }
  const unfinished = await reader.runs.listUnfinished();
  const stuck = unfinished.filter(({ receivedAt }) => now - receivedAt > stuckAfterMs);
  if (stuck.length > 0) {
    const finding = `${stuck.length === 1 ? '1 import has' : `${stuck.length} imports have`} not ended for more than an hour.`;
    const advice = 'Start the server, which takes them up; its log says what stops it.';
    findings.push(problem(check, finding, advice));
  }
  const { total: held } = await reader.runs.list({ state: 'held', page: 1, pageSize: 1 });
  if (held !== 0) {
    const advice = `Look at them (muster runs --state held${option}), then approve or discard each.`;
    findings.push(
      warning(check, `${held === 1 ? '1 import is' : `${held} imports are`} held for approval.`, advice),
    );
  }
  const accounts = await reader.accounts.list();
  if (!accounts.some((one) => one.disabledAt === null && one.capabilities.includes('administer'))) {
    const advice = `Add one: muster account add USERNAME${option} --capability administer`;
    findings.push(warning(check, 'No account may administer this tenant.', advice));
  }
  return findings.length > 0 ? findings : [good(check, `${things(patrons, 'patron')}, all rules kept`)];
}

async function checkPrimaries(reader: TenantReader): Promise<{ patrons: number; broken: number }> {
  let patrons = 0;
  let broken = 0;
  for (let afterId = 0; ;) {
    const piece = await reader.patrons.listAfter(afterId, patronsPerPiece);
    const last = piece.at(-1);
    if (!last) return { patrons, broken };
    const contacts = await reader.contacts.mapByPatron(piece.map(({ id }) => id));
    patrons += piece.length;
    for (const ofOne of contacts.values()) if (!keepsPrimaryRule(ofOne)) broken++;
    afterId = last.id;
  }
}

/** I11: of the e-mails exactly one is primary, of phones and social media at most one. */
export function keepsPrimaryRule(contacts: readonly Contact[]): boolean {
  return contactTypes.every((type) => {
    const ofType = contacts.filter((contact) => contact.type === type);
    const primaries = ofType.filter(({ primary }) => primary).length;
    return primaries === 1 || (primaries === 0 && (type !== 'EMAIL' || ofType.length === 0));
  });
}
