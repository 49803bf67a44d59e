import { parentPort, workerData } from 'node:worker_threads';
import { plainError, type PlainError } from '../../domain/plain-error.ts';
import { SqliteConnection } from './connection.ts';
import { shrinkWal } from './shrink-wal.ts';
import { SqliteTools } from './tools.ts';
import { patiently, rollBack } from './transaction.ts';
import type { ThreadAnswer, ThreadCall, ThreadSettings } from './write-calls.ts';

/**
 * The thread that holds one write transaction: it does what it is told, in that order. After a call that failed
 * every other one fails as well, so that nothing is built on what did not happen.
 */
const settings = workerData as ThreadSettings;
const connection = new SqliteConnection(settings.file, settings);
const tools = new SqliteTools(connection, settings.tenantId);
let failure: PlainError | undefined;
let turn: Promise<void> = Promise.resolve();

parentPort!.on('message', (call: ThreadCall) => {
  turn = turn.then(() => answer(call));
});

async function answer(call: ThreadCall): Promise<void> {
  let reply: ThreadAnswer;
  try {
    if (failure !== undefined && call.call !== 'end') reply = { id: call.id, error: failure };
    else reply = { id: call.id, result: await perform(call) };
  } catch (error) {
    failure = plainError(error);
    reply = { id: call.id, error: failure };
  }
  parentPort!.postMessage(reply);
}

async function perform(call: ThreadCall): Promise<unknown> {
  switch (call.call) {
    case 'end':
      end();
      break;
    case 'begin':
      await patiently(() => connection.exec('BEGIN IMMEDIATE'), settings.writeWaitMs);
      break;
    case 'execute':
      return connection.execute(call.sql, call.parameters);
    case 'insertRows':
      await tools.insertRows(...call.args);
      break;
    case 'updateRows':
      await tools.updateRows(...call.args);
      break;
    case 'deleteRows':
      await tools.deleteRows(...call.args);
      break;
    case 'index':
      await tools.search[call.change](call.documents as never);
      break;
    case 'flush':
      tools.search.flush();
      break;
    case 'commit':
      tools.search.flush();
      connection.exec('COMMIT');
  }
  return undefined;
}

/** After a commit this only tidies up; before it, nothing of the transaction has happened. */
function end(): void {
  rollBack(connection);
  shrinkWal(connection, `${settings.file}-wal`, settings.walBytesMax);
  connection[Symbol.dispose]();
  parentPort!.close();
}
