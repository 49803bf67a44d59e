import { X509Certificate } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { configWarnings } from '../../config/warnings.ts';
import { good, problem, warning, type Finding } from '../../ports/finding.ts';

const nodeMajorMin = 26;
const dayMs = 24 * 60 * 60_000;
const certificateDaysLeftMin = 14;
const freeBytesLow = 1024 * 1024 * 1024;
const freeBytesMin = 100 * 1024 * 1024;

/** Whether this Node can run Muster. */
export function checkNode(version: string): Finding {
  if (Number(version.split('.')[0]) >= nodeMajorMin) return good('node', `Node ${version}`);
  const advice = 'Run “npm ci” in Muster’s folder, which brings the right one.';
  return problem('node', `Node ${version} is older than ${nodeMajorMin}.`, advice);
}

/** Settings that weaken the server or keep everybody out, and the certificate. */
export function checkSettings(config: Config, now: number): Finding[] {
  const findings = configWarnings(config).map((text) =>
    warning('settings', text, 'See docs/operations/tls-and-proxies.md.'),
  );
  if (config.tls) findings.push(checkCertificate(config.tls, now));
  return findings.length > 0 ? findings : [good('settings', 'sensible')];
}

function checkCertificate({ certFile, keyFile }: NonNullable<Config['tls']>, now: number): Finding {
  try {
    readFileSync(keyFile);
    const daysLeft = Math.floor(
      (new X509Certificate(readFileSync(certFile)).validToDate.getTime() - now) / dayMs,
    );
    const advice = 'Renew it; a running server takes the new files by itself.';
    if (daysLeft < 0) return problem('certificate', `The certificate ended ${-daysLeft} days ago.`, advice);
    if (daysLeft >= certificateDaysLeftMin) return good('certificate', `good for ${daysLeft} days`);
    return warning('certificate', `The certificate ends in ${daysLeft} days.`, advice);
  } catch (error) {
    const advice = 'Check MUSTER_TLS_CERT and MUSTER_TLS_KEY: both are PEM files that Muster may read.';
    return problem('certificate', `TLS files cannot be used: ${(error as Error).message}.`, advice);
  }
}

/** Owner, permissions and room of the data directory, and what lies in it that should not stay. */
export function checkDataDir(dataDir: string): Finding[] {
  const check = 'data directory';
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    // What may not be looked into may well be there.
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? [problem(check, `${dataDir} is not there.`, 'Start the server once, or set MUSTER_DATA_DIR.')]
      : [problem(check, `${dataDir} cannot be written to.`, 'Give it to the user Muster runs as.')];
  }
  const findings: Finding[] = [];
  if (process.platform !== 'win32' && (statSync(dataDir).mode & 0o077) !== 0) {
    const finding = `${dataDir} is open to other users of this machine.`;
    findings.push(warning(check, finding, `Close it: chmod 700 ${dataDir}`));
  }
  for (const name of readdirSync(dataDir)) {
    if (name === 'initial-admin-password.txt') {
      const advice = 'Delete it once somebody has the password.';
      findings.push(warning(check, `${join(dataDir, name)} is still there.`, advice));
    } else if (name.startsWith('before-restore-')) {
      const advice = 'Delete it once you are sure of the restore; it holds people’s data.';
      findings.push(warning(check, `${join(dataDir, name)} holds what a restore replaced.`, advice));
    }
  }
  return [...(findings.length > 0 ? findings : [good(check, dataDir)]), checkRoom(dataDir)];
}

function checkRoom(dataDir: string): Finding {
  const { bavail, bsize } = statfsSync(dataDir);
  const freeBytes = bavail * bsize;
  const finding = `${Math.round(freeBytes / 1024 / 1024).toLocaleString('en')} MiB free`;
  const advice = 'Free some space: imports and backups need it.';
  if (freeBytes < freeBytesMin) return problem('disk', `${finding}.`, advice);
  return freeBytes < freeBytesLow ? warning('disk', `${finding}.`, advice) : good('disk', finding);
}
