import { allocator, nodeOptions } from '../bin/process-settings.js';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { holdToProcessors } from './cpu-quota.ts';

const program = fileURLToPath(new URL('../bin/muster.js', import.meta.url));
const probe = new URL('loop-probe.ts', import.meta.url).href;
const password = 'bench-on-loopback';
export const authorization = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
/** Of `/proc`, on every Linux. */
const ticksPerSecond = 100;
const readyMsMax = 60_000;
const stopMsMax = 30_000;

/** What came back for one request, and how long it took from the first byte sent to the last one read. */
export interface Timed {
  readonly seconds: number;
  readonly status: number;
  readonly body: string;
}

/** The real server as a process of its own, on a data directory of its own, reached over loopback. */
export class BenchServer implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly port: number;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  /** Starts the server, on PostgreSQL with a URL, and waits until it says that it is ready; it dies with `signal`. */
  static async start(dataDir: string, signal: AbortSignal, databaseUrl?: string): Promise<BenchServer> {
    const child = spawn(process.execPath, [...nodeOptions, '--import', probe, program, 'serve'], {
      env: {
        ...process.env,
        // As `muster serve` starts itself, but for the channel through which the bench asks.
        ...allocator,
        MUSTER_DATA_DIR: dataDir,
        ...(databaseUrl === undefined ? {} : { MUSTER_DATABASE_URL: databaseUrl }),
        MUSTER_HOST: '127.0.0.1',
        MUSTER_PORT: '0',
        MUSTER_ADMIN_PASSWORD: password,
        MUSTER_RATE_LIMIT: 'off',
        MUSTER_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      signal,
      killSignal: 'SIGKILL',
    });
    child.on('error', () => undefined);
    return new BenchServer(child, await readyPort(child));
  }

  /** Holds the server's process to so many processors from now on. */
  holdToProcessors(processors: number): void {
    const held = holdToProcessors(this.#process.pid!, processors);
    this.#process.once('exit', () => held[Symbol.dispose]());
  }

  /** Posts a file as curl's `-F file=@…` does. */
  postForm(path: string, file: string): Promise<Timed> {
    const boundary = '------------------------muster-bench';
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="contacts.csv"\r\nContent-Type: text/csv\r\n\r\n`;
    return this.#post(
      path,
      `multipart/form-data; boundary=${boundary}`,
      file,
      head,
      `\r\n--${boundary}--\r\n`,
    );
  }

  /** Posts a file as the whole body. */
  postCsv(path: string, file: string): Promise<Timed> {
    return this.#post(path, 'text/csv', file, '', '');
  }

  async #post(path: string, contentType: string, file: string, head: string, tail: string): Promise<Timed> {
    const { size } = await stat(file);
    const started = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<Timed>();
    const post = request({
      host: '127.0.0.1',
      port: this.port,
      path,
      method: 'POST',
      auth: `admin:${password}`,
      headers: {
        'content-type': contentType,
        'content-length': Buffer.byteLength(head) + size + Buffer.byteLength(tail),
      },
    });
    post.on('error', reject);
    post.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (body += piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ seconds: (performance.now() - started) / 1000, status: response.statusCode ?? 0, body }),
      );
    });
    post.write(head);
    await pipeline(createReadStream(file, { highWaterMark: 256 * 1024 }), post, { end: false });
    post.end(tail);
    return promise;
  }

  /** Lets the kernel forget the greatest memory so far, so that the next reading is of what follows. */
  forgetPeak(): void {
    writeFileSync(`/proc/${this.#process.pid}/clear_refs`, '5');
  }

  /** The greatest resident memory of the process, in bytes, since its start or `forgetPeak`. */
  peakBytes(): number {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Processor time that the server's process has used so far, in seconds, its threads included. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  }

  /** Lets the server's process forget how late its event loop was so far. */
  forgetLoopDelay(): void {
    this.#process.send('reset');
  }

  /** How late the event loop of the server was at most, in milliseconds, since `forgetLoopDelay`. */
  async loopDelayMs(): Promise<number> {
    const answer = once(this.#process, 'message');
    this.#process.send('read');
    const [message] = (await answer) as [{ loopDelayMs: number }];
    return message.loopDelayMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), stopMsMax);
    await gone;
    clearTimeout(timer);
  }
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const giveUp = (why: string) => {
      child.kill('SIGKILL');
      reject(new Error(`The server did not become ready: ${why}.`));
    };
    const timer = setTimeout(() => giveUp(`nothing said in ${readyMsMax / 1000} s`), readyMsMax);
    child.once('exit', (code) => giveUp(`it ended with code ${code}`));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const port = /^Muster is ready on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(Number(port));
    });
  });
}
