import type { Engine, EngineSettings } from './engine.ts';

/** The engine that the settings name; the other one is not even loaded. */
export async function engineOf({ dataDir, databaseUrl }: EngineSettings): Promise<Engine> {
  if (databaseUrl === undefined) return (await import('./sqlite/engine.ts')).sqliteEngine(dataDir);
  return (await import('./postgres/engine.ts')).postgresEngine(dataDir, databaseUrl);
}
