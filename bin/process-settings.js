import { availableParallelism } from 'node:os';

/** Commands that import. */
const importing = new Set(['serve', 'import']);

/**
 * What glibc's allocator is told for a process that imports: few arenas, and large pieces given back when they are
 * freed. As it comes, each thread keeps what its largest file once needed. Pieces of some MiB are kept, as the buffers
 * that come and go with each chunk of a file would be made of new pages each time. Other allocators do not look at these.
 */
export const allocator = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: String(4 * 1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(8 * 1024 * 1024),
};

/** How many threads V8 starts for itself, whatever the machine. */
const helpersUsual = 4;

/**
 * What Node is told for it: no more helpers of V8 than there are processors beside the one that works. Where four are
 * too many they keep each other, the work and the database from it. Whoever says how many is left alone.
 */
export const nodeOptions = process.env['NODE_OPTIONS']?.includes('--v8-pool-size')
  ? []
  : [`--v8-pool-size=${Math.max(1, Math.min(helpersUsual, availableParallelism() - 1))}`];

/** Whether this process should start over with both, which are read before a program begins. */
export function needsSettings(args) {
  return (
    process.platform === 'linux' &&
    importing.has(args[0] ?? '') &&
    Object.keys(allocator).every((name) => process.env[name] === undefined) &&
    // The one who started it would lose hold of it.
    !process.connected
  );
}
