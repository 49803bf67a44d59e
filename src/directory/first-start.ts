import { capabilities } from '../ports/accounts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Storage } from '../ports/storage.ts';

export interface FirstStart {
  readonly storage: Storage;
  readonly clock: Clock;
  /** IANA zone of this machine. */
  readonly zone: string;
  readonly hashPassword: (password: string) => Promise<string>;
  /** The password the operator chose, or one just made. */
  readonly adminPassword: string;
  /** Called before the account is there for good, so that no crash can leave a password that nobody knows. */
  readonly keepPassword?: () => void;
}

/**
 * Makes tenant `main` with account `admin` where there is none yet; gives whether it did. Safe to run by
 * several processes at once: the loser finds everything there.
 */
export async function firstStart({
  storage,
  clock,
  zone,
  hashPassword,
  adminPassword,
  keepPassword,
}: FirstStart): Promise<boolean> {
  await ensureMainTenant(storage, zone);
  const store = await storage.tenant('main');
  if (await store.read.accounts.findByUsername('admin')) return false;
  const passwordHash = await hashPassword(adminPassword);
  return store.transact(async (tx) => {
    if (await tx.accounts.findByUsername('admin')) return false;
    await tx.accounts.insert({
      username: 'admin',
      passwordHash,
      capabilities: [...capabilities],
      organizations: [],
      createdAt: clock.now(),
    });
    keepPassword?.();
    return true;
  });
}

/** Makes tenant `main` where it is not there yet; whoever comes second finds it. */
export async function ensureMainTenant(storage: Storage, zone: string): Promise<void> {
  if (await storage.system.findTenant('main')) return;
  try {
    await storage.createTenant({ slug: 'main', name: 'Main', zone }, []);
  } catch (error) {
    if (!(await storage.system.findTenant('main'))) throw error;
  }
}
