import type { Command } from 'commander';
import { getTarget, sayTarget, type TargetChoice } from '../directory/access-targets.ts';
import { answerAccess, type AccessAnswer } from '../directory/decide-access.ts';
import { getPatron } from '../directory/find-patron.ts';
import { parseInstant } from '../domain/access/parse-instant.ts';
import { displayName } from '../domain/patron/identity.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { jsonOption, openCommand, openTenant, tenantOption } from './lib/open-command.ts';
import type { JsonChoice, TenantChoice } from './lib/open-command.ts';
import { patronArgument } from './lib/patron-argument.ts';
import { localTime, printJson, printTable, say } from './lib/print.ts';

interface AccessOptions extends TenantChoice, JsonChoice, TargetChoice {
  readonly at?: string;
}

/** `muster access`: may this patron have this, and why (W20). */
export function accessCommand(program: Command): void {
  program
    .command('access')
    .description('say whether a patron may have something, and why; exit code 0 granted, 3 denied')
    .addArgument(patronArgument())
    .option('--resource-type <identifier>', 'may it be reserved?')
    .option('--checkout-center <name>', 'may its patron portal be entered?')
    .option('--wco-checkout-center <name>', 'is the patron served there?')
    .option(
      '--at <instant>',
      'then instead of now, e.g. 2026-03-02T00:59 (tenant’s time) or 2026-03-02T06:00:00Z',
    )
    .addOption(tenantOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster access jdoe1 --resource-type CAMERA --at 2026-09-01T08:00')
    .action(exits(access));
}

async function access(patronText: string, options: AccessOptions) {
  await using context = await openCommand();
  const store = await openTenant(context, options);
  const { zone } = store.tenant;
  const at = options.at === undefined ? context.clock.now() : parseInstant(options.at, zone);
  const { resourceType, checkoutCenter, wcoCheckoutCenter } = options;
  const { patron, target, answer } = await store.snapshot(async (reader) => {
    const patron = await getPatron(reader, patronText);
    const target = await getTarget(reader, { resourceType, checkoutCenter, wcoCheckoutCenter });
    return { patron, target, answer: await answerAccess(reader, patron, target, { at, zone }) };
  });
  if (options.json) printJson(answer);
  else {
    say(`${displayName(patron)}, ${sayTarget(target)}, ${localTime(at, zone)} (${zone}):`);
    say(answer.reason);
    if (answer.denials.length > 0) printDenials(answer, zone);
  }
  return answer.granted ? exitCodes.good : exitCodes.denied;
}

function printDenials({ denials }: AccessAnswer, zone: string): void {
  const opening = (at: string | null) => (at === null ? 'never' : localTime(Date.parse(at), zone));
  printTable(
    ['DENIES', 'IDENTIFIER', 'WHY', 'OPENS', 'CHAIN OPENS'],
    denials.map(({ link, why, opensAt, chainOpensAt }) => [
      link.entity,
      link.uniqueIdentifier,
      why,
      opening(opensAt),
      opening(chainOpensAt),
    ]),
  );
}
