import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { DatabaseSync } from 'node:sqlite';
import { MusterError } from '../../domain/errors.ts';

/**
 * A backup is one file: a SQLite database of compressed pieces with a manifest that is written last, so that a
 * backup that was broken off is told from a whole one.
 */
const applicationId = 0x4d_55_53_54; // “MUST”
const formatVersion = 1;
const pieceBytes = 1024 * 1024;

export interface ArchivedFile {
  /** With `/`, from the data directory. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly format: number;
  /** The program that made it. */
  readonly version: string;
  readonly madeAt: string;
  /** The newest migration of each kind of database. */
  readonly schemas: { readonly system: number; readonly tenant: number };
  readonly files: readonly ArchivedFile[];
}

/** Writes an archive into `file`, which must be there and empty. */
export class ArchiveWriter implements Disposable {
  readonly #database: DatabaseSync;
  readonly #files: ArchivedFile[] = [];

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // Nobody reads it before it is whole, and a half one is thrown away: no journal is needed.
    this.#database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL;
      PRAGMA application_id = ${applicationId};
      CREATE TABLE manifest (text TEXT NOT NULL) STRICT;
      CREATE TABLE piece (path TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL,
        PRIMARY KEY (path, part)) STRICT;
      BEGIN;`);
  }

  /** Adds the file that lies at `source` under the given path. */
  add(path: string, source: string): void {
    const insert = this.#database.prepare('INSERT INTO piece (path, part, bytes) VALUES (?, ?, ?)');
    const hash = createHash('sha256');
    const handle = openSync(source, 'r');
    const buffer = Buffer.allocUnsafe(pieceBytes);
    let sizeBytes = 0;
    try {
      for (let part = 0; ; part++) {
        const read = readSync(handle, buffer, 0, pieceBytes, null);
        if (read === 0) break;
        const piece = buffer.subarray(0, read);
        hash.update(piece);
        sizeBytes += read;
        insert.run(
          path,
          part,
          zstdCompressSync(piece, { params: { [constants.ZSTD_c_compressionLevel]: 3 } }),
        );
      }
    } finally {
      closeSync(handle);
    }
    this.#files.push({ path, sizeBytes, sha256: hash.digest('hex') });
  }

  /** Ends the archive; it is durable when this returns. */
  finish(about: Omit<Manifest, 'format' | 'files'>): Manifest {
    const manifest: Manifest = { format: formatVersion, ...about, files: this.#files };
    this.#database.prepare('INSERT INTO manifest (text) VALUES (?)').run(JSON.stringify(manifest));
    this.#database.exec('COMMIT');
    return manifest;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** Reads an archive; `file-refused` for what is none, is not whole, or is of a newer form. */
export class ArchiveReader implements Disposable {
  readonly manifest: Manifest;
  readonly #file: string;
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#file = file;
    try {
      this.#database = new DatabaseSync(file, { readOnly: true });
    } catch {
      throw this.#refused('cannot be opened');
    }
    try {
      this.manifest = this.#readManifest();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Unpacks a file of the archive to `target` and checks it; `file-refused` where it is damaged. */
  unpack(entry: ArchivedFile, target: string): void {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const handle = openSync(target, 'wx', 0o600);
    try {
      const select = this.#database.prepare('SELECT bytes FROM piece WHERE path = ? ORDER BY part');
      for (const { bytes } of select.iterate(entry.path) as Iterable<{ bytes: Uint8Array }>) {
        const piece = zstdDecompressSync(bytes, { maxOutputLength: pieceBytes });
        hash.update(piece);
        sizeBytes += piece.length;
        writeSync(handle, piece);
      }
      fsyncSync(handle);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code.startsWith('ERR_SQLITE') || code.startsWith('ZSTD') || code.startsWith('ERR_')) {
        throw this.#damaged(entry);
      }
      throw error;
    } finally {
      closeSync(handle);
    }
    if (sizeBytes !== entry.sizeBytes || hash.digest('hex') !== entry.sha256) throw this.#damaged(entry);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #readManifest(): Manifest {
    let text: string | undefined;
    try {
      const id = this.#database.prepare('PRAGMA application_id').get() as { application_id: number };
      if (id.application_id !== applicationId) throw this.#refused('is not a backup of Muster');
      text = (this.#database.prepare('SELECT text FROM manifest').get() as { text: string } | undefined)
        ?.text;
    } catch (error) {
      if (error instanceof MusterError) throw error;
      throw this.#refused('is not a backup of Muster, or is damaged');
    }
    if (text === undefined) throw this.#refused('is not whole: the backup was broken off');
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.format !== formatVersion) throw this.#refused('was made by a newer Muster; use that one');
    return manifest;
  }

  #refused(why: string): MusterError {
    return new MusterError('file-refused', `${this.#file} ${why}. Nothing was changed.`);
  }

  #damaged(entry: ArchivedFile): MusterError {
    return this.#refused(`is damaged (${entry.path} is not what was backed up)`);
  }
}
