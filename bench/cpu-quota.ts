import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Short, so that a process that has used up its share does not stand still for long. */
const periodMicros = 10_000;
/** Where control groups are: of version 2, or the part of version 1 that is about processors. */
const [second, first] = ['/sys/fs/cgroup', '/sys/fs/cgroup/cpu'];

/**
 * Holds a process, with all its threads, to so many processors (0.5: half of one) until disposed, as a container's
 * `--cpus` does. Throws where control groups cannot be made: it takes Linux and root.
 */
export function holdToProcessors(pid: number, processors: number): Disposable {
  const isSecond = existsSync(join(second, 'cgroup.controllers'));
  const group = join(isSecond ? second : first, `muster-bench-${pid}`);
  const quota = Math.round(processors * periodMicros);
  try {
    mkdirSync(group);
    if (isSecond) {
      writeFileSync(join(group, 'cpu.max'), `${quota} ${periodMicros}`);
    } else {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(periodMicros));
      writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quota));
    }
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
  } catch (error) {
    throw new Error('A process cannot be held to a share of the processors here; it takes Linux and root.', {
      cause: error,
    });
  }
  // A group can be removed once its process has ended.
  return { [Symbol.dispose]: () => rmdirSync(group) };
}
