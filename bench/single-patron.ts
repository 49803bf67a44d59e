import { randomNumbers } from './generate.ts';
import type { Request } from './crowd.ts';
import { authorization } from './server.ts';
import { requestBytes } from './wire.ts';

/** One of these is a write, the others are reads. */
const oneIsWrite = 5;

/**
 * Reads and writes of single patrons in turn, of a patron that chance picks among the first `patrons`: read by its
 * barcode, as scripts do, or by its id; written is the room, each time another one.
 */
export function singlePatrons(patrons: number, seed: number): () => Request {
  const next = randomNumbers(seed);
  let count = 0;
  return () => {
    const index = Math.floor(next() * patrons);
    const path = `/api/v1/patrons/barcode:29${String(index).padStart(8, '0')}`;
    if (++count % oneIsWrite > 0) return { kind: 'read', bytes: requestBytes('GET', path, authorization) };
    return { kind: 'write', bytes: requestBytes('PATCH', path, authorization, { room: `R${count}` }) };
  };
}
