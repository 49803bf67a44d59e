/**
 * What glibc's allocator is told for a process that imports: few arenas, and large pieces given back when they are
 * freed. As it comes, each thread keeps what its largest file once needed. Other allocators do not look at these.
 */
export const allocator = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: String(128 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(128 * 1024),
};

/** Commands that import. */
const importing = new Set(['serve', 'import']);

/** Whether this process should start over with those variables, which are read before a program begins. */
export function needsAllocator(args) {
  return (
    process.platform === 'linux' &&
    importing.has(args[0] ?? '') &&
    Object.keys(allocator).every((name) => process.env[name] === undefined) &&
    // The one who started it would lose hold of it.
    !process.connected
  );
}
