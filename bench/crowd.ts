import { Line, type Reply } from './wire.ts';

/** One request of a crowd: what is sent, and under which name its time is noted. */
export interface Request {
  readonly kind: string;
  readonly bytes: Buffer;
}

/** How long each request took in milliseconds, by its kind, and how long all of them took together. */
export interface CrowdResult {
  readonly seconds: number;
  readonly takenMs: ReadonlyMap<string, readonly number[]>;
}

/**
 * So many clients, shared out over the ports, each with a connection of its own, ask one request after the other until
 * told to stop. Throws on the first answer that is not 200: quick refusals would be no figure.
 */
export async function crowd(
  ports: readonly number[],
  clients: number,
  next: () => Request,
  until: () => boolean,
): Promise<CrowdResult> {
  const takenMs = new Map<string, number[]>();
  const lines = await Promise.all(
    Array.from({ length: clients }, (_, index) => Line.open(ports[index % ports.length]!)),
  );
  const started = performance.now();
  try {
    await Promise.all(lines.map((line) => client(line, next, until, takenMs)));
  } finally {
    for (const line of lines) line[Symbol.dispose]();
  }
  return { seconds: (performance.now() - started) / 1000, takenMs };
}

async function client(
  line: Line,
  next: () => Request,
  until: () => boolean,
  takenMs: Map<string, number[]>,
): Promise<void> {
  while (!until()) {
    const { kind, bytes } = next();
    const started = performance.now();
    check(await line.ask(bytes));
    const taken = takenMs.get(kind);
    if (taken === undefined) takenMs.set(kind, [performance.now() - started]);
    else taken.push(performance.now() - started);
  }
}

function check({ status, body }: Reply): void {
  if (status !== 200) throw new Error(`The server answered ${status}: ${body.slice(0, 300)}`);
}
