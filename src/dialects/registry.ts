import type { Dialect } from './dialect.ts';
import { infiniti } from './infiniti/infiniti.ts';

export type { Dialect };

/** Every outside format that Muster speaks over HTTP. */
export const dialects: readonly Dialect[] = [infiniti];
