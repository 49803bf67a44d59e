import { expect, test } from 'vitest';
import { placeAt } from '../../support/engines.ts';
import { startProcess } from '../../support/process-server.ts';
import { addClient, call, dead, getCode, getTokens, isGood, makeDataDir, serverOn } from './support.ts';

test('F5 what one process began the other goes on with, and what it ends is ended there', async () => {
  const dataDir = await makeDataDir();
  await using here = await serverOn(dataDir);
  await using there = await startProcess({
    env: { MUSTER_DATABASE_URL: (await placeAt(dataDir)).databaseUrl!, MUSTER_RATE_LIMIT: 'off' },
  });
  const client = await addClient(here);
  const code = await getCode(here, client);
  const tries = Array.from({ length: 60 }, (_, index) =>
    call(index % 2 === 0 ? here : there, { action: 'gettoken', code, apisecret: client.secret }),
  );
  const winners = (await Promise.all(tries)).filter(({ result }) => result);
  expect(winners).toHaveLength(1);
  const { token, renewtoken } = winners[0]!;
  for (const server of [here, there]) expect(await isGood(server, token)).toBe(true);
  const asked = { action: 'renewtoken', token, renewtoken, apisecret: client.secret };
  const renewed = await call(there, asked);
  expect(await isGood(here, token)).toBe(false);
  expect(await isGood(here, renewed.token)).toBe(true);
  expect(await call(here, asked)).toEqual({ result: false, msg: dead });
  expect(await isGood(there, renewed.token)).toBe(false);
  const other = await getTokens(there, client);
  expect(await isGood(here, other.token)).toBe(true);
  await here.context.storage.clients.revoke(1, client.id, Date.now());
  expect(await isGood(there, other.token)).toBe(false);
});
