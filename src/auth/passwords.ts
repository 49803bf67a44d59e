import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const argon2Async = promisify(argon2);

interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const currentCost: Cost = { memoryKib: 19_456, passes: 2, lanes: 1 };

/** A stored hash that asks for more than this is damaged or planted, and is not computed. */
const memoryKibMax = 262_144;
const passesMax = 16;
const lanesMax = 8;

/**
 * The argon2id hash of a password as a PHC string. The password is brought to Unicode NFC first, so that an
 * `ü` counts as the same whether a keyboard sends it as one character or as two.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, currentCost, 32);
  return phcString(currentCost, salt, hash);
}

/**
 * Whether a password (brought to NFC as in `hashPassword`) is the one behind a PHC string; compared in
 * constant time. False for a string that is not an argon2id hash in that form.
 */
export async function verifyPassword(password: string, phc: string): Promise<boolean> {
  const stored = parsePhc(phc);
  if (stored === undefined) return false;
  const hash = await derive(password, stored.salt, stored.cost, stored.hash.length);
  return timingSafeEqual(hash, stored.hash);
}

const nobody = phcString(currentCost, randomBytes(16), randomBytes(32));

/** Works as long as `verifyPassword` does, so that timing does not tell which usernames exist. */
export async function verifyNobody(password: string): Promise<false> {
  await verifyPassword(password, nobody);
  return false;
}

function derive(password: string, salt: Buffer, cost: Cost, tagLength: number): Promise<Buffer> {
  return argon2Async('argon2id', {
    message: password.normalize('NFC'),
    nonce: salt,
    memory: cost.memoryKib,
    passes: cost.passes,
    parallelism: cost.lanes,
    tagLength,
  });
}

function phcString(cost: Cost, salt: Buffer, hash: Buffer): string {
  const parameters = `m=${cost.memoryKib},t=${cost.passes},p=${cost.lanes}`;
  return `$argon2id$v=19$${parameters}$${unpadded(salt)}$${unpadded(hash)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

const phcForm = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parsePhc(phc: string): { cost: Cost; salt: Buffer; hash: Buffer } | undefined {
  const [, memory, passes, lanes, salt = '', hash = ''] = phcForm.exec(phc) ?? [];
  const cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  const parsed = { cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
  const sound =
    within(cost.passes, 1, passesMax) &&
    within(cost.lanes, 1, lanesMax) &&
    within(cost.memoryKib, 8 * cost.lanes, memoryKibMax) &&
    within(parsed.salt.length, 8, 64) &&
    within(parsed.hash.length, 16, 64);
  return sound ? parsed : undefined;
}

/** False for NaN too. */
function within(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
