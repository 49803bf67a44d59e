import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { MusterError } from '../../domain/errors.ts';
import type { Upload } from '../receive.ts';
import { spoolUpload } from '../spool-upload.ts';
import { baseName } from './find-files.ts';

/** UTF-8 names. */
const flags = 0x0800;
/** 1 January 1980: the same files make the same bytes, so that a delivery sent twice is known again (S10). */
const dosDate = 0x0021;
const localSignature = 0x04034b50;
const centralSignature = 0x02014b50;
const endSignature = 0x06054b50;
const version = 20;
/** Sizes and places in a ZIP without ZIP64 have 32 bits. */
const bytesMax = 0xffff_ffff;

interface PackedFile {
  readonly upload: Upload;
  readonly name: Buffer;
  readonly checksum: number;
}

/**
 * Packs uploads that lie in the spool into one ZIP beside them, as one delivery: stored as they are, since deliveries
 * are compressed anyway, and in order of their names, so that it is no matter which came first.
 */
export async function packFiles(
  uploads: readonly Upload[],
  into: { readonly path: string; readonly fileName: string },
): Promise<Upload> {
  const files: PackedFile[] = [];
  for (const upload of uploads.toSorted((a, b) => compare(a.fileName, b.fileName))) {
    const name = Buffer.from(baseName(upload.fileName.replaceAll('\\', '/')));
    files.push({ upload, name, checksum: await checksumOf(upload.path) });
  }
  return spoolUpload(Readable.from(piecesOf(files), { objectMode: false }), { ...into, bytesMax });
}

/** Whether an upload is a ZIP already, told by how it begins. */
export async function isZip({ path }: Upload): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: 3 })) {
    const start = (chunk as Buffer).toString('latin1');
    return start === 'PK\u0003\u0004' || start === 'PK\u0005\u0006';
  }
  return false;
}

/**
 * Several uploads as the one delivery they make: a single ZIP as it is, anything else packed into one. `bad-request`
 * where a ZIP stands beside other files.
 */
export async function oneDelivery(
  uploads: readonly Upload[],
  into: { readonly path: string; readonly fileName: string },
): Promise<Upload> {
  const zips: Upload[] = [];
  for (const upload of uploads) if (await isZip(upload)) zips.push(upload);
  if (zips.length === 0) return packFiles(uploads, into);
  if (uploads.length === 1) return zips[0]!;
  throw new MusterError(
    'bad-request',
    `“${zips[0]!.fileName}” is a ZIP and stands beside other files. Send one ZIP, or the files themselves.`,
  );
}

async function* piecesOf(files: readonly PackedFile[]): AsyncGenerator<Buffer> {
  let at = 0;
  const places: number[] = [];
  for (const file of files) {
    places.push(at);
    const head = localHead(file);
    yield head;
    yield* createReadStream(file.upload.path) as AsyncIterable<Buffer>;
    at += head.length + file.upload.sizeBytes;
  }
  const directory = Buffer.concat(files.map((file, index) => centralHead(file, places[index]!)));
  yield directory;
  yield endOf(files.length, directory.length, at);
}

/** What stands both before a file and in the directory: from the version needed to the length of the name. */
function facts({ upload, name, checksum }: PackedFile): Buffer {
  const bytes = Buffer.alloc(26);
  bytes.writeUInt16LE(version, 0);
  bytes.writeUInt16LE(flags, 2);
  bytes.writeUInt16LE(dosDate, 8);
  bytes.writeUInt32LE(checksum, 10);
  bytes.writeUInt32LE(upload.sizeBytes, 14);
  bytes.writeUInt32LE(upload.sizeBytes, 18);
  bytes.writeUInt16LE(name.length, 22);
  return bytes;
}

function localHead(file: PackedFile): Buffer {
  return Buffer.concat([uint32(localSignature), facts(file), file.name]);
}

function centralHead(file: PackedFile, place: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(place, 10);
  return Buffer.concat([uint32(centralSignature), uint16(version), facts(file), rest, file.name]);
}

function endOf(count: number, directoryBytes: number, directoryAt: number): Buffer {
  const bytes = Buffer.alloc(22);
  bytes.writeUInt32LE(endSignature, 0);
  bytes.writeUInt16LE(count, 8);
  bytes.writeUInt16LE(count, 10);
  bytes.writeUInt32LE(directoryBytes, 12);
  bytes.writeUInt32LE(directoryAt, 16);
  return bytes;
}

async function checksumOf(path: string): Promise<number> {
  let checksum = 0;
  for await (const chunk of createReadStream(path)) checksum = crc32(chunk as Buffer, checksum);
  return checksum;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
