import { Option, type Command } from 'commander';
import { changeRegistered, register, type RegistryEntity } from '../directory/edit-registries.ts';
import { MusterError } from '../domain/errors.ts';
import type {
  CheckoutCenterValues,
  OrganizationValues,
  ResourceTypeValues,
} from '../domain/organization/registries.ts';
import { recordNouns } from '../domain/records.ts';
import { exitCodes, exits } from './lib/exit.ts';
import {
  jsonOption,
  openCommand,
  openTenant,
  tenantOption,
  type JsonChoice,
  type TenantChoice,
} from './lib/open-command.ts';
import { printJson, printTable } from './lib/print.ts';
import { commandEditor, listedMax } from './lib/record-editing.ts';

type Values = OrganizationValues | ResourceTypeValues | CheckoutCenterValues;
interface Choices extends TenantChoice, JsonChoice {
  readonly id?: string;
  readonly name?: string;
  readonly restricted?: boolean;
  readonly portalRestricted?: boolean;
  readonly wcoRestricted?: boolean;
}

/** One registry at the command line. */
interface Registry {
  readonly entity: RegistryEntity;
  readonly command: string;
  /** What is registered under: shown as the argument. */
  readonly key: string;
  readonly example: string;
  /** Options beside the key's own. */
  readonly options: readonly Option[];
  /** What a new one is without any option. */
  readonly blank: (key: string) => Values;
  readonly rename: (key: string) => Partial<Values>;
  readonly columns: readonly string[];
  readonly row: (values: never) => string[];
}

const flag = (name: string, about: string) => [
  new Option(`--${name}`, about),
  new Option(`--no-${name}`, 'the contrary'),
];
const yes = (value: boolean) => (value ? 'yes' : 'no');

const registries: readonly Registry[] = [
  {
    entity: 'organization',
    command: 'organization',
    key: 'name',
    example: 'muster organization add "Film Studies"',
    options: [],
    blank: (name): OrganizationValues => ({ name }),
    rename: (name): Partial<OrganizationValues> => ({ name }),
    columns: ['ORGANIZATION'],
    row: ({ name }: OrganizationValues) => [name],
  },
  {
    entity: 'resource-type',
    command: 'resource-type',
    key: 'unique-identifier',
    example: 'muster resource-type add CAM-4K --name "Cameras 4K" --restricted',
    options: [
      new Option('--name <name>', 'what people call it'),
      ...flag('restricted', 'only those may reserve it whom an authorization set grants it'),
    ],
    blank: (uniqueIdentifier): ResourceTypeValues => ({ uniqueIdentifier, name: '', restricted: false }),
    rename: (uniqueIdentifier): Partial<ResourceTypeValues> => ({ uniqueIdentifier }),
    columns: ['RESOURCE TYPE', 'NAME', 'RESTRICTED'],
    row: ({ uniqueIdentifier, name, restricted }: ResourceTypeValues) => [
      uniqueIdentifier,
      name,
      yes(restricted),
    ],
  },
  {
    entity: 'checkout-center',
    command: 'checkout-center',
    key: 'name',
    example: 'muster checkout-center add "Front Desk" --portal-restricted',
    options: [
      ...flag('portal-restricted', 'its patron portal is only for those whom an authorization set lets in'),
      ...flag('wco-restricted', 'it serves only those whom an authorization set lets be served'),
    ],
    blank: (name): CheckoutCenterValues => ({ name, portalRestricted: false, wcoRestricted: false }),
    rename: (name): Partial<CheckoutCenterValues> => ({ name }),
    columns: ['CHECKOUT CENTER', 'PORTAL RESTRICTED', 'WCO RESTRICTED'],
    row: ({ name, portalRestricted, wcoRestricted }: CheckoutCenterValues) => [
      name,
      yes(portalRestricted),
      yes(wcoRestricted),
    ],
  },
];

/** `muster organization`, `resource-type` and `checkout-center`: what files and authorization sets refer to. */
export function registryCommands(program: Command): void {
  for (const registry of registries) addCommands(program, registry);
}

function addCommands(program: Command, registry: Registry): void {
  const [one, many] = recordNouns[registry.entity];
  const group = program.command(registry.command).description(`add, change or list ${many}`);
  group.addHelpText('after', `\nExample:\n  ${registry.example}`);
  const withOptions = (command: Command) => {
    for (const option of [...registry.options, tenantOption(), jsonOption()]) command.addOption(option);
    return command;
  };
  withOptions(
    group.command('add').description(`register a ${one}`).argument(`<${registry.key}>`, 'as files name it'),
  )
    .addHelpText('after', `\nExample:\n  ${registry.example}`)
    .action(exits((key: string, choices: Choices) => save(registry, undefined, key, choices)));
  withOptions(
    group
      .command('set')
      .description(`change a ${one}; what is not named stays`)
      .argument(`<${registry.key}>`, 'as files name it')
      .option('--id <new>', 'what files are to name it from now on'),
  )
    .addHelpText('after', `\nExample:\n  muster ${registry.command} set OLD --id NEW`)
    .action(exits((key: string, choices: Choices) => save(registry, key, choices.id, choices)));
  group
    .command('list')
    .description(`list ${many}`)
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', `\nExample:\n  muster ${registry.command} list --json`)
    .action(exits((choices: Choices) => list(registry, choices)));
}

async function save(
  registry: Registry,
  standing: string | undefined,
  key: string | undefined,
  choices: Choices,
) {
  const { entity, blank, rename } = registry;
  const change = { ...chosen(choices), ...(key === undefined ? {} : rename(key.trim())) };
  if (key?.trim() === '') throw new MusterError('bad-request', 'What it is registered under is not blank.');
  if (Object.keys(change).length === 0) {
    throw new MusterError('bad-request', `Say what to change; muster ${registry.command} set --help tells.`);
  }
  await using context = await openCommand();
  const store = await openTenant(context, choices);
  const by = commandEditor(context, store);
  const record = await store.transact((tx) =>
    standing === undefined
      ? register(tx, entity, { ...blank(key!.trim()), ...change }, by)
      : changeRegistered(tx, entity, standing, change as never, by),
  );
  print(registry, [record], choices.json === true);
  return exitCodes.good;
}

async function list(registry: Registry, choices: Choices) {
  await using context = await openCommand();
  const store = await openTenant(context, choices);
  const { items, total } = await store.read.records[registry.entity].list({
    q: '',
    page: 1,
    pageSize: listedMax,
  });
  if (choices.json) {
    printJson({ items: items.map((item) => shown(registry, item)), total, page: 1, pageSize: listedMax });
  } else print(registry, items, false);
  return exitCodes.good;
}

function print(registry: Registry, records: readonly object[], json: boolean): void {
  if (json) printJson(shown(registry, records[0]!));
  else
    printTable(
      registry.columns,
      records.map((record) => registry.row(record as never)),
    );
}

/** What is registered, without what a store adds. */
function shown({ blank }: Registry, record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([field]) => field in blank('')));
}

function chosen({ name, restricted, portalRestricted, wcoRestricted }: Choices): object {
  const given = { name, restricted, portalRestricted, wcoRestricted };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
