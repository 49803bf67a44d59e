import { MusterError } from '../../domain/errors.ts';

/** Does something with one file of several; what refuses it names the file first. */
export async function namingTheFile<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MusterError) || error.code !== 'file-refused') throw error;
    throw new MusterError(error.code, `${name}: ${error.message}`, { ...error.facts, file: name });
  }
}
