import type { FastifyInstance } from 'fastify';
import { MusterError } from '../domain/errors.ts';

/** Opens the port; `conflict`, in words for the operator, where that cannot be. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const why = refusals[(error as NodeJS.ErrnoException).code ?? ''];
    if (!why) throw error;
    throw new MusterError('conflict', why(host, port));
  }
}

const refusals: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} of ${host} is taken by another program, perhaps another Muster. Stop that, or set MUSTER_PORT to a free port (0 takes any).`,
  EACCES: (_host, port) =>
    `Port ${port} may not be opened by this user. Set MUSTER_PORT to one above 1023, or put a reverse proxy in front.`,
  EADDRNOTAVAIL: (host) => `${host} is no address of this machine. Set MUSTER_HOST to one that is.`,
  ENOTFOUND: (host) => `The name ${host} is not known here. Set MUSTER_HOST to an address of this machine.`,
};
