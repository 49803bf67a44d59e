import type { FastifyReply } from 'fastify';

/** What a framework's error says it is; scripts that look at more than `Message` know these names. */
export type ExceptionType =
  | 'System.ArgumentException'
  | 'System.InvalidOperationException'
  | 'System.NotSupportedException'
  | 'System.Exception';

/** F17: a request that never became a call of an action. `message` is for whoever wrote the script. */
export class FrameworkError extends Error {
  readonly type: ExceptionType;
  readonly status: number;

  constructor(message: string, type: ExceptionType = 'System.ArgumentException', status = 400) {
    super(message);
    this.name = 'FrameworkError';
    this.type = type;
    this.status = status;
  }
}

/** F17: the error as ASMX shapes it, by body and header. There is never a stack in it. */
export function sendFrameworkError(reply: FastifyReply, error: FrameworkError): FastifyReply {
  return reply
    .code(error.status)
    .header('jsonerror', 'true')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ Message: error.message, StackTrace: '', ExceptionType: error.type }));
}
