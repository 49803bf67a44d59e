import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openEngine } from '../support/engine.ts';

const mebibyte = 1024 * 1024;

test('S10 a delivery is kept as it came, to the byte, however many pieces it is kept in', async () => {
  await using engine = await openEngine();
  const { deliveries, runs } = engine.store.read;
  for (const size of [0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 2 * mebibyte, 3 * mebibyte + 5]) {
    const bytes = randomBytes(size);
    const run = await runs.findById(await engine.receiveBytes(bytes, 'patrons.csv', { kind: 'patrons' }));
    const kept = createHash('sha256');
    let keptBytes = 0;
    for (let part = 0; ; part++) {
      const chunk = await deliveries.readChunk(run!.deliveryId!, part);
      if (chunk === undefined) break;
      kept.update(chunk);
      keptBytes += chunk.byteLength;
    }
    const delivery = await deliveries.findById(run!.deliveryId!);
    expect([keptBytes, kept.digest('hex')]).toEqual([size, delivery!.sha256]);
  }
});
