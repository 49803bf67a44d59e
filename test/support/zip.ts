import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a ZIP, also one that is wrong in some way. */
export interface ZipEntry {
  readonly name: string;
  readonly body?: string | Buffer;
  /** Stored as it is instead of deflated. */
  readonly stored?: boolean;
  readonly encrypted?: boolean;
  readonly method?: number;
  /** What the archive says of it, whatever is true. */
  readonly claimedBytes?: number;
  readonly claimedChecksum?: number;
  /** Sizes and place in a ZIP64 field, as streaming tools write them. */
  readonly zip64?: boolean;
}

/** The bytes of a ZIP with these entries, as another program might write it. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const { name, body = '', stored = false, encrypted = false, zip64 = false } = entry;
    const bytes = Buffer.from(body as string);
    const packed = stored ? bytes : deflateRawSync(bytes);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(zip64 ? 45 : 20, 0);
    facts.writeUInt16LE(0x0800 | (encrypted ? 1 : 0), 2);
    facts.writeUInt16LE(entry.method ?? (stored ? 0 : 8), 4);
    facts.writeUInt32LE(entry.claimedChecksum ?? crc32(bytes), 10);
    facts.writeUInt32LE(zip64 ? 0xffff_ffff : packed.length, 14);
    facts.writeUInt32LE(zip64 ? 0xffff_ffff : (entry.claimedBytes ?? bytes.length), 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const extra = zip64 ? zip64Field(entry.claimedBytes ?? bytes.length, packed.length, at) : Buffer.alloc(0);
    facts.writeUInt16LE(0, 24);
    const local = Buffer.concat([signature(0x04034b50), facts, Buffer.from(name), packed]);
    pieces.push(local);
    const central = Buffer.from(facts);
    central.writeUInt16LE(extra.length, 24);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(zip64 ? 0xffff_ffff : at, 10);
    directory.push(
      Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), central, rest, Buffer.from(name), extra]),
    );
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...pieces, central, signature(0x06054b50), end]);
}

function zip64Field(bytes: number, packedBytes: number, at: number): Buffer {
  const field = Buffer.alloc(28);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(24, 2);
  field.writeBigUInt64LE(BigInt(bytes), 4);
  field.writeBigUInt64LE(BigInt(packedBytes), 12);
  field.writeBigUInt64LE(BigInt(at), 20);
  return field;
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
