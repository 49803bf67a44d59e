import type { Dialect } from './dialect.ts';
import { fsi } from './fsi/fsi.ts';
import { infiniti } from './infiniti/infiniti.ts';

export type { Dialect };

/**
 * Every outside format that Muster speaks over HTTP. S1: none has patrons of its own; each is handed the stores
 * of the tenant.
 */
export const dialects: readonly Dialect[] = [infiniti, fsi];
