import { MusterError } from '../../domain/errors.ts';
import type { BundleKindName, FileKindName, ImportKindName } from '../../ports/runs.ts';
import type { ImportBundle } from '../bundle/import-bundle.ts';
import type { ImportKind } from '../import-kind.ts';
import { contactsKind } from './contacts.ts';
import { patronsKind } from './patrons.ts';
import { authorizationSetKind } from './webcheckout/authorization-set.ts';
import { groupKind } from './webcheckout/group.ts';
import { sectionMembersKind } from './webcheckout/section-members.ts';
import { sectionKind } from './webcheckout/section.ts';
import { webcheckoutBundle } from './webcheckout/bundle.ts';
import { checkoutCentersKind, organizationsKind, resourceTypesKind } from './registries/registries.ts';

/** Every kind of file the engine can import. */
export const importKindRegistry: Readonly<Record<FileKindName, ImportKind>> = {
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

/** Every kind of several files that are delivered as one. */
const bundleRegistry: Readonly<Record<BundleKindName, ImportBundle>> = { webcheckout: webcheckoutBundle };

/** What can be sent: a file, or several as one. */
export type Importable = ImportKind | ImportBundle;

/** What is imported under that name; `MusterError('bad-request')` naming what there is. */
export function getImportable(name: string): Importable {
  const found = findBundle(name) ?? findFileKind(name);
  if (found !== undefined) return found;
  const names = [...Object.keys(importKindRegistry), ...Object.keys(bundleRegistry)].join(', ');
  throw new MusterError('bad-request', `“${name}” is not a kind of import. There are: ${names}.`);
}

/** The kind of file of that name. One of several files is none: that is a bug of the caller. */
export function getFileKind(name: ImportKindName): ImportKind {
  const kind = findFileKind(name);
  if (kind === undefined) throw new Error(`${name} is not a kind of file`);
  return kind;
}

export function findBundle(name: string): ImportBundle | undefined {
  return Object.hasOwn(bundleRegistry, name) ? bundleRegistry[name as BundleKindName] : undefined;
}

/** The kinds that a run of `name` may have done or undone the work of: its files', and deliveries that hold them. */
export function relatedKinds(name: ImportKindName): ImportKindName[] {
  const bundle = findBundle(name);
  if (bundle !== undefined) return [bundle.name, ...bundle.files.map(({ kind }) => kind)];
  const holding = Object.values(bundleRegistry).filter(({ files }) =>
    files.some(({ kind }) => kind === name),
  );
  return [name, ...holding.map((one) => one.name)];
}

function findFileKind(name: string): ImportKind | undefined {
  return Object.hasOwn(importKindRegistry, name) ? importKindRegistry[name as FileKindName] : undefined;
}

/** The mode to use: the kind's first where none is named; `MusterError('bad-request')` for an unknown one. */
export function resolveMode(kind: Importable, mode: string | undefined): string {
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
  kind: Importable,
  options: Readonly<Record<string, string>>,
): Record<string, string> {
  const resolved: Record<string, string> = {};
  for (const [name, values] of Object.entries(kind.options)) resolved[name] = options[name] ?? values[0]!;
  for (const [name, value] of Object.entries(options)) {
    const allowed = (kind.options as ImportKind['options'])[name];
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
