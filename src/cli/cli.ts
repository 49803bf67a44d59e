import { serve } from './serve.ts';

export async function runCli(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'serve') return serve();
  return 2;
}
