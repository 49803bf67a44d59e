import { MusterError } from '../../domain/errors.ts';
import type { ImportKindName } from '../../ports/runs.ts';
import type { ImportKind } from '../import-kind.ts';
import { contactsKind } from './contacts.ts';
import { patronsKind } from './patrons.ts';
import { authorizationSetKind } from './webcheckout/authorization-set.ts';
import { groupKind } from './webcheckout/group.ts';
import { sectionMembersKind } from './webcheckout/section-members.ts';
import { sectionKind } from './webcheckout/section.ts';
import { checkoutCentersKind, organizationsKind, resourceTypesKind } from './registries/registries.ts';

/** Every kind of file the engine can import. */
export const importKindRegistry: Readonly<Record<ImportKindName, ImportKind>> = {
  patrons: patronsKind,
  contacts: contactsKind,
  organizations: organizationsKind,
  'resource-types': resourceTypesKind,
  'checkout-centers': checkoutCentersKind,
  group: groupKind,
  section: sectionKind,
  'section-members': sectionMembersKind,
  'authorization-set': authorizationSetKind,
};

/** The kind of that name; `MusterError('bad-request')` naming those there are. */
export function getImportKind(name: string): ImportKind {
  const kind = importKindRegistry[name as ImportKindName];
  if (kind && Object.hasOwn(importKindRegistry, name)) return kind;
  const names = Object.keys(importKindRegistry).join(', ');
  throw new MusterError('bad-request', `“${name}” is not a kind of import. There are: ${names}.`);
}

/** The mode to use: the kind's first where none is named; `MusterError('bad-request')` for an unknown one. */
export function resolveMode(kind: ImportKind, mode: string | undefined): string {
  const names = kind.modes.map(({ name }) => name);
  if (mode === undefined) return names[0]!;
  if (names.includes(mode)) return mode;
  throw new MusterError(
    'bad-request',
    `“${mode}” is not a mode of ${kind.name}. There are: ${names.join(', ')}.`,
  );
}

/** The options with defaults filled in; `MusterError('bad-request')` for an unknown name or value. */
export function resolveOptions(
  kind: ImportKind,
  options: Readonly<Record<string, string>>,
): Record<string, string> {
  const resolved: Record<string, string> = {};
  for (const [name, values] of Object.entries(kind.options)) resolved[name] = options[name] ?? values[0]!;
  for (const [name, value] of Object.entries(options)) {
    const allowed = kind.options[name];
    if (!allowed) throw new MusterError('bad-request', `A ${kind.name} import has no option “${name}”.`);
    if (!allowed.includes(value)) {
      throw new MusterError(
        'bad-request',
        `“${value}” is not one of ${allowed.join(', ')} (option ${name}).`,
      );
    }
  }
  return resolved;
}
