import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CertificateWatch, readCertificate } from '../../src/http/certificates.ts';
import { createEvents, type Events } from '../../src/observability/events.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { adminAuthorization, startServer, type TestServer } from '../support/server.ts';

const made = fileURLToPath(new URL('../support/certificates', import.meta.url));

/** The files of a certificate as an operator has them, to be replaced. */
async function certificateFiles() {
  const folder = await mkdtemp(join(tmpdir(), 'muster-tls-'));
  const files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const put = async (name: 'first' | 'second', parts: readonly ('cert' | 'key')[] = ['cert', 'key']) => {
    for (const part of parts) await copyFile(join(made, `${name}.${part}.pem`), files[`${part}File`]);
  };
  await put('first');
  return { files, put, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** The name in the certificate that a new connection is shown. */
function shownBy(port: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject?.CN);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function ask(
  server: TestServer,
  path: string,
): Promise<{ status?: number; headers: NodeJS.Dict<unknown> }> {
  const ca = await readFile(join(made, 'first.cert.pem'));
  return new Promise((resolve, reject) => {
    const options = { ca, headers: { authorization: adminAuthorization }, agent: false } as const;
    request(`${server.url}${path}`, options, (response) => {
      response.resume();
      resolve({ status: response.statusCode!, headers: response.headers });
    })
      .on('error', reject)
      .end();
  });
}

function quietEvents() {
  let log = '';
  const metrics = createMetrics('0');
  const events: Events = createEvents(createLogger('info', { write: (line) => void (log += line) }), metrics);
  return { events, metrics, log: () => log };
}

test('with a certificate the server speaks https only, and tells browsers to stay with it', async () => {
  await using certificate = await certificateFiles();
  await using server = await startServer({ config: { tls: certificate.files } });
  const { status, headers } = await ask(server, '/healthz');
  expect(status).toBe(200);
  expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8,}/);
  await expect(fetch(`http://127.0.0.1:${server.port}/healthz`)).rejects.toThrow('fetch failed');
});

test('nothing older than TLS 1.2 is spoken', async () => {
  await using certificate = await certificateFiles();
  await using server = await startServer({ config: { tls: certificate.files } });
  const agreed = (maxVersion: 'TLSv1.1' | 'TLSv1.2') =>
    new Promise((resolve) => {
      const socket = connect(
        {
          port: server.port,
          rejectUnauthorized: false,
          minVersion: 'TLSv1',
          maxVersion,
          // The client's own library would not speak the old version otherwise.
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        () => {
          resolve(socket.getProtocol());
          socket.destroy();
        },
      );
      socket.on('error', () => resolve('refused'));
    });
  expect(await agreed('TLSv1.2')).toBe('TLSv1.2');
  expect(await agreed('TLSv1.1')).toBe('refused');
});

test('a renewed certificate is used without a restart', async () => {
  await using certificate = await certificateFiles();
  await using server = await startServer({
    config: { tls: certificate.files },
    limits: { certificateCheckMs: 20 },
  });
  expect(await shownBy(server.port)).toBe('first.muster.test');
  await certificate.put('second');
  await expect.poll(() => shownBy(server.port), { timeout: 30_000 }).toBe('second.muster.test');
});

test('a certificate that is half replaced or broken leaves the old one in use and is told of once', async () => {
  await using certificate = await certificateFiles();
  const { events, metrics, log } = quietEvents();
  const used: unknown[] = [];
  const server = { setSecureContext: (options: unknown) => void used.push(options) };
  const first = readCertificate(certificate.files);
  using watch = new CertificateWatch(server, certificate.files, events, first, 3_600_000);
  await watch.check();
  expect(used).toHaveLength(0);

  await certificate.put('second', ['cert']);
  await watch.check();
  await watch.check();
  expect(used).toHaveLength(0);
  expect(log().match(/"where":"tls"/g)).toHaveLength(1);

  await certificate.put('second', ['key']);
  await watch.check();
  expect(used).toHaveLength(1);
  expect(used[0]).toMatchObject({ minVersion: 'TLSv1.2' });

  await writeFile(certificate.files.certFile, 'no certificate');
  await watch.check();
  expect(used).toHaveLength(1);
  expect((await metrics.certificateExpiry.get()).values[0]?.value).toBeGreaterThan(4e9);
});

test('a certificate that cannot be used is refused at the start with the names of the files', async () => {
  await using certificate = await certificateFiles();
  await certificate.put('second', ['key']);
  expect(() => readCertificate(certificate.files)).toThrow(certificate.files.certFile);
  expect(() => readCertificate({ ...certificate.files, keyFile: '/nowhere.pem' })).toThrow('ENOENT');
});
