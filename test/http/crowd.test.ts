import { expect, test } from 'vitest';
import { adminAuthorization, seedPatrons, startServer } from '../support/server.ts';

const clients = 200;
const numbers = Array.from({ length: clients }, (_, number) => number);

test('two hundred clients at once, more than there are connections to a database, are all answered rightly', async () => {
  await using server = await startServer();
  await seedPatrons(server, `username,surname\n${numbers.map((n) => `pupil${n},Name${n}\n`).join('')}`);
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${server.url}/api/v1/${path}`, {
      ...init,
      headers: { authorization: adminAuthorization, 'content-type': 'application/json' },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  // The password is checked once, at length, before the crowd comes.
  expect((await ask('settings')).status).toBe(200);

  const outcomes = await Promise.all(
    numbers.map(async (number) => {
      const found = await ask(`patrons?q=name${number}`);
      const changed = await ask(`patrons/pupil${number}`, {
        method: 'PATCH',
        body: JSON.stringify({ room: `R${number}` }),
      });
      const read = await ask(`patrons/pupil${number}`);
      const items = found.body['items'] as { username: string }[];
      return [
        found.status,
        items.some(({ username }) => username === `pupil${number}`),
        changed.status,
        read.status,
        read.body['room'],
      ];
    }),
  );
  expect(outcomes).toEqual(numbers.map((number) => [200, true, 200, 200, `R${number}`]));
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});
