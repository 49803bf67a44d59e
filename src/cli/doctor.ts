import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { readConfig } from '../config/env.ts';
import { systemClock } from '../context.ts';
import { inspectTenant } from '../directory/inspect-tenant.ts';
import { MusterError } from '../domain/errors.ts';
import { problem, type Finding } from '../ports/finding.ts';
import { engineOf } from '../storage/engines.ts';
import { checkDataDir, checkNode, checkSettings } from './lib/check-machine.ts';
import { exitCodes, exits } from './lib/exit.ts';
import { jsonOption, openCommand, type JsonChoice } from './lib/open-command.ts';
import { printJson, printTable, say } from './lib/print.ts';

/** `muster doctor`: looks at everything, changes nothing. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check program, settings, data directory and databases; changes nothing')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit code 0: no problem, perhaps warnings. 1: problems.\n\nExample:\n  muster doctor',
    )
    .action(exits(doctor));
}

async function doctor({ json }: JsonChoice) {
  const findings = await examine(systemClock.now());
  const healthy = !hasProblem(findings);
  if (json) printJson({ healthy, findings });
  else report(findings);
  return healthy ? exitCodes.good : exitCodes.refused;
}

async function examine(now: number): Promise<Finding[]> {
  const node = checkNode(process.versions.node);
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return [
      node,
      problem('settings', error.message, 'Mend the environment variable; the README lists them.'),
    ];
  }
  const { dataDir } = config;
  const machine = [node, ...checkSettings(config, now), ...checkDataDir(dataDir)];
  if (!existsSync(dataDir) || hasProblem(machine)) return machine;
  const stored = await (await engineOf(config)).inspect();
  // What is damaged or of another schema is not opened: that would bring it up to date, or fail.
  if (stored.some(({ level }) => level !== 'good')) return [...machine, ...stored];
  return [...machine, ...stored, ...(await inspectTenants(now))];
}

async function inspectTenants(now: number): Promise<Finding[]> {
  await using context = await openCommand();
  const findings: Finding[] = [];
  for (const { slug } of await context.storage.system.listTenants()) {
    const store = await context.storage.tenant(slug);
    findings.push(...(await inspectTenant(store.read, slug, now)));
  }
  return findings;
}

function hasProblem(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === 'problem');
}

const words: Readonly<Record<Finding['level'], string>> = {
  good: 'ok',
  warning: 'WARNING',
  problem: 'PROBLEM',
};

function report(findings: readonly Finding[]): void {
  printTable(
    ['', 'CHECK', 'FINDING'],
    findings.map(({ level, check, finding }) => [words[level], check, finding]),
  );
  for (const { check, advice } of findings) if (advice !== null) say(`${check}: ${advice}`);
}
