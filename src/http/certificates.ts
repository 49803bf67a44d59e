import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Config } from '../config/config.ts';
import { MusterError } from '../domain/errors.ts';
import type { Events } from '../observability/events.ts';

type TlsFiles = NonNullable<Config['tls']>;

interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** What does not change with the certificate. */
const fixed = { minVersion: 'TLSv1.2' } as const satisfies SecureContextOptions;

/** The certificate to start with; `bad-request` where the files cannot be read or do not go together. */
export function readCertificate(files: TlsFiles): Certificate & typeof fixed {
  try {
    const found = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
    checkCertificate(found);
    return { ...found, ...fixed };
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new MusterError(
      'bad-request',
      `The certificate ${files.certFile} with the key ${files.keyFile} cannot be used (${why}). Both must be PEM files that go together.`,
    );
  }
}

/** Keeps a server's certificate as fresh as its files. */
export class CertificateWatch implements Disposable {
  readonly #server: Pick<Server, 'setSecureContext'>;
  readonly #files: TlsFiles;
  readonly #events: Events;
  readonly #timer: NodeJS.Timeout;
  #inUse: Certificate;
  #refused: Certificate | undefined;

  constructor(
    server: Pick<Server, 'setSecureContext'>,
    files: TlsFiles,
    events: Events,
    inUse: Certificate,
    everyMs: number,
  ) {
    this.#server = server;
    this.#files = files;
    this.#events = events;
    this.#inUse = inUse;
    events.certificateLoaded(expiryOf(inUse));
    // Asked, not told: renewers swap files by links and renames, which notices of change do not follow.
    this.#timer = setInterval(() => void this.check(), everyMs);
    this.#timer.unref();
  }

  /** Reads the files; uses them when they are new and good. Bad ones are told of once, and the old ones stay. */
  async check(): Promise<void> {
    try {
      const [cert, key] = await Promise.all([readFile(this.#files.certFile), readFile(this.#files.keyFile)]);
      const found = { cert, key };
      if (isSame(found, this.#inUse) || (this.#refused && isSame(found, this.#refused))) return;
      this.#refused = found;
      checkCertificate(found);
      this.#server.setSecureContext({ ...found, ...fixed });
      this.#refused = undefined;
      this.#inUse = found;
      this.#events.certificateLoaded(expiryOf(found));
    } catch (error) {
      this.#events.trouble('tls', error);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Throws where certificate and key are no PEM or do not go together. */
function checkCertificate(certificate: Certificate): void {
  createSecureContext({ ...certificate, ...fixed });
}

function isSame(one: Certificate, other: Certificate): boolean {
  return one.cert.equals(other.cert) && one.key.equals(other.key);
}

function expiryOf({ cert }: Certificate): number {
  return new X509Certificate(cert).validToDate.getTime();
}
