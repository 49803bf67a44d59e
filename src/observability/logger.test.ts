import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

function collect(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger('trace', { write: (line) => void (text += line) }));
  return text;
}

test('no way of logging an error brings its message', () => {
  const error = new Error('canary');
  const text = collect((logger) => {
    logger.error(error);
    logger.error({ err: error });
    logger.error({ err: error }, error.message);
    logger.child({ reqId: 1 }).warn({ err: error }, 'a fixed text');
  });
  expect(text.trim().split('\n')).toHaveLength(4);
  expect(text).toContain('a fixed text');
  expect(text).not.toContain('canary');
});

test('a message is cut where the framework begins to quote, and requests are not serialised', () => {
  const text = collect((logger) => {
    logger.warn('Reply was already sent in the "/canary?x=canary" route');
    logger.info({ req: { url: '/canary' }, res: { canary: 1 } }, 'came');
  });
  expect(text).toContain('Reply was already sent in the ');
  expect(text).not.toContain('canary');
});
