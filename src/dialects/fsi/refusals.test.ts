import { fastify, type FastifyError } from 'fastify';
import { expect, test } from 'vitest';
import { MusterError, type ErrorCode } from '../../domain/errors.ts';
import { FrameworkError } from './framework-error.ts';
import { refusal } from './refusals.ts';

/** What a script gets where `error` is thrown. */
async function answerTo(error: Error, contentType = 'application/json') {
  await using app = fastify();
  app.setErrorHandler<FastifyError>((thrown, request, reply) => refusal(thrown, request, reply));
  app.get('/', () => {
    throw error;
  });
  const { statusCode, headers, body } = await app.inject({
    url: '/',
    headers: { 'content-type': contentType },
  });
  return { status: statusCode, headers, body: JSON.parse(body) as unknown };
}

test.each<[ErrorCode, number, string | undefined]>([
  ['insecure-transport', 403, undefined],
  ['forbidden', 403, undefined],
  ['too-many-requests', 429, '60'],
  ['busy', 503, '60'],
  ['storage-read-only', 503, '60'],
  ['storage-unavailable', 503, '60'],
  ['storage-full', 507, undefined],
])('F2 %s is an answer like any other, with status %i', async (code, status, retryAfter) => {
  const item = { result: false, msg: 'This is why.', item: [] };
  const answer = await answerTo(new MusterError(code, 'This is why.'));
  expect(answer).toMatchObject({ status, body: { d: item } });
  expect(answer.headers['retry-after']).toBe(retryAfter);
  const form = await answerTo(new MusterError(code, 'This is why.'), 'application/x-www-form-urlencoded');
  expect(form).toMatchObject({ status, body: item });
});

test('a limit that knows its end says when to go on', async () => {
  const error = new MusterError('too-many-requests', 'Slowly.', { retryAfterSeconds: 7 });
  expect((await answerTo(error)).headers['retry-after']).toBe('7');
});

test('F17 what was no call is ASMX’s error, and a fault of our own says nothing of its inside', async () => {
  const shape = (Message: string, ExceptionType: string) => ({ Message, StackTrace: '', ExceptionType });
  for (const error of [new FrameworkError('This is why.'), new MusterError('bad-request', 'This is why.')]) {
    expect(await answerTo(error)).toMatchObject({
      status: 400,
      headers: { jsonerror: 'true' },
      body: shape('This is why.', 'System.ArgumentException'),
    });
  }
  const ours = await answerTo(new TypeError('cannot read secret of undefined'));
  expect(ours).toMatchObject({ status: 500, headers: { jsonerror: 'true' } });
  expect(ours.body).toEqual(
    shape(
      'Something went wrong in Muster itself. Nothing was changed; its log says more.',
      'System.Exception',
    ),
  );
});
