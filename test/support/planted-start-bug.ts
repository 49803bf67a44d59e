import { ImportQueue } from '../../src/jobs/import-queue.ts';

/** Loaded into the real program by a test (`node --import`): its start breaks once it listens already. */
ImportQueue.prototype.resume = () => Promise.reject(new Error('planted'));
