import type { FastifyReply } from 'fastify';
import type { FsiAnswer } from './action.ts';

/** How an answer leaves: as JSON within `d`, within `d` as a text, or bare. */
export type Wrapping = 'object' | 'text' | 'bare';

/** F1, F2: the same answer in the shape that the request asked for. */
export function sendAnswer(reply: FastifyReply, answer: FsiAnswer, wrapping: Wrapping): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(wrap(JSON.stringify(answer), wrapping));
}

function wrap(text: string, wrapping: Wrapping): string {
  if (wrapping === 'bare') return text;
  return `{"d":${wrapping === 'text' ? JSON.stringify(text) : text}}`;
}
