import { recipientsFor, type Recipient } from '../domain/contact/recipients.ts';
import { scenarios, type Scenario } from '../domain/contact/scenarios.ts';
import { MusterError } from '../domain/errors.ts';
import type { Patron } from '../domain/patron/patron.ts';
import { nearestWord } from '../domain/text/nearest-word.ts';
import type { TenantReader } from '../ports/tenant-store.ts';

/** I22: who receives a message of this scenario about the patron; nobody where no contact permits it. */
export async function listRecipients(
  reader: TenantReader,
  patron: Patron,
  scenario: Scenario,
): Promise<Recipient[]> {
  const contacts = await reader.contacts.listByPatron(patron.id);
  const { bccDefault } = await reader.settings.get();
  return recipientsFor(contacts, patron, scenario, bccDefault);
}

/** The one scenario a text names, whatever its case; `MusterError('bad-request')` with the nearest otherwise. */
export function parseScenario(text: string): Scenario {
  const name = text.trim().toUpperCase();
  const found = scenarios.find((scenario) => scenario === name);
  if (found !== undefined) return found;
  const meant = nearestWord(name, scenarios);
  const hint =
    meant === undefined ? `The scenarios are ${scenarios.join(', ')}.` : `Did you mean “${meant}”?`;
  throw new MusterError('bad-request', `“${text}” is not a communication scenario. ${hint}`, {
    field: 'scenario',
    ...(meant === undefined ? {} : { suggestion: meant }),
  });
}
