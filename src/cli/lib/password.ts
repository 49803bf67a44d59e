import { createInterface } from 'node:readline';
import { passwordProblem } from '../../auth/password-rule.ts';
import { MusterError } from '../../domain/errors.ts';

/**
 * The password for an account, from standard input and never from an argument, where other users of the machine
 * could read it. On a terminal it is asked for twice and not shown; otherwise it is the first line.
 * `bad-request` for one that cannot be taken.
 */
export async function readPassword(username: string): Promise<string> {
  const password = process.stdin.isTTY ? await askTwice(username, process.stdin) : await firstLine();
  const problem = passwordProblem(password, username);
  if (problem !== undefined) throw new MusterError('bad-request', problem);
  return password;
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new MusterError(
    'bad-request',
    'No password came on standard input. Send it as the first line, or run the command on a terminal.',
  );
}

async function askTwice(username: string, terminal: typeof process.stdin): Promise<string> {
  const password = await askHidden(`Password for ${username}: `, terminal);
  if ((await askHidden('Once more: ', terminal)) === password) return password;
  throw new MusterError('bad-request', 'The two passwords differ. Nothing was changed.');
}

/** Reads a line in raw mode, where the terminal shows nothing. */
function askHidden(question: string, terminal: typeof process.stdin): Promise<string> {
  // First, so that nothing shows of what is typed at once.
  terminal.setRawMode(true);
  process.stderr.write(question);
  terminal.setEncoding('utf8');
  terminal.resume();
  let typed = '';
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      terminal.off('data', onData);
      terminal.setRawMode(false);
      terminal.pause();
      process.stderr.write('\n');
      settle();
    };
    const onData = (text: string) => {
      for (const character of text) {
        if (character === '\r' || character === '\n') return end(() => resolve(typed));
        if (character === '\u0003' || character === '\u0004') {
          return end(() =>
            reject(new MusterError('bad-request', 'No password was given. Nothing was changed.')),
          );
        }
        if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('');
        else typed += character;
      }
      return undefined;
    };
    terminal.on('data', onData);
  });
}
