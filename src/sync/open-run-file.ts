import type { Run } from '../ports/runs.ts';
import type { TenantReader } from '../ports/tenant-store.ts';
import { findFiles } from './bundle/find-files.ts';
import { openZip } from './bundle/open-zip.ts';
import { unpackEntry } from './bundle/unpack-entry.ts';
import { openDelivery, type DeliveryPlaces } from './delivery-source.ts';
import { findBundle } from './kinds/registry.ts';
import { unpackedBytesMax } from './open-run.ts';
import type { ByteSource } from './scan/byte-source.ts';

/** The bytes of one file of a run, by its number, again as they were planned; `gone` once they have been purged. */
export async function openRunFile(
  reader: TenantReader,
  run: Run,
  number: number,
  places: DeliveryPlaces,
): Promise<ByteSource & Disposable> {
  const delivery = await openDelivery(reader, run.deliveryId!, places);
  const bundle = findBundle(run.kind);
  if (bundle === undefined) return delivery;
  using _ = delivery;
  const zip = await openZip(delivery);
  const { files } = await findFiles(zip, bundle);
  const budget = { bytesLeft: unpackedBytesMax, bytesMax: unpackedBytesMax };
  return await unpackEntry(zip, files[number]!.entry, budget, places.spillDir);
}
