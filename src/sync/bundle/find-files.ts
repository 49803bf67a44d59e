import type { Entry, ZipFile } from 'yauzl';
import type { RowNote } from '../../domain/outcome.ts';
import { refuseFile } from '../scan/limits.ts';
import type { BundleFile, ImportBundle } from './import-bundle.ts';
import { asZipRefusal } from './open-zip.ts';

/** More entries than this no delivery of a few files has. */
const entriesMax = 1000;
/** So many files that were passed over are named. */
const namedMax = 10;

/** A file of the bundle as it was found. */
export interface FoundFile {
  readonly file: BundleFile;
  readonly entry: Entry;
}

export interface FoundFiles {
  /** In the order of the bundle. */
  readonly files: readonly FoundFile[];
  readonly notes: readonly RowNote[];
}

/**
 * Finds the files of a bundle in a ZIP, in whatever folder and case. What operating systems leave behind (`__MACOSX`,
 * names that begin with a dot) is passed over and named; any other file refuses the delivery, since what it was to
 * do would be left undone, and so does a file that is there twice, or a delivery without any.
 */
export async function findFiles(zip: ZipFile, bundle: ImportBundle): Promise<FoundFiles> {
  if (zip.entryCount > entriesMax) {
    refuseFile(`The ZIP has ${zip.entryCount} entries; a delivery has at most ${bundle.files.length} files.`);
  }
  const found = new Map<string, Entry>();
  const passedOver: string[] = [];
  for (const entry of await entriesOf(zip)) {
    const name = entry.fileName;
    if (isJunk(name)) passedOver.push(name);
    else if (!name.endsWith('/')) take(found, entry, bundle);
  }
  const files = bundle.files.flatMap((file) => {
    const entry = found.get(file.fileName);
    return entry === undefined ? [] : [{ file, entry }];
  });
  if (files.length === 0) refuseFile(`The delivery has none of the files ${namesOf(bundle)}.`);
  return { files, notes: passedOver.length === 0 ? [] : [passedOverNote(passedOver)] };
}

async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  try {
    return await Array.fromAsync(zip.eachEntry());
  } catch (error) {
    throw asZipRefusal(error);
  }
}

function take(found: Map<string, Entry>, entry: Entry, bundle: ImportBundle): void {
  const name = entry.fileName;
  const known = baseName(name).toLowerCase();
  if (!bundle.files.some(({ fileName }) => fileName === known)) {
    refuseFile(
      `“${name}” is not a file of this delivery; its files are ${namesOf(bundle)}. Rename it or leave it out, and send the others again.`,
      { file: name, expected: bundle.files.map(({ fileName }) => fileName) },
    );
  }
  const other = found.get(known);
  if (other !== undefined) {
    refuseFile(
      `The file ${known} is in the delivery twice: as “${other.fileName}” and as “${name}”. Leave one of them out and send the rest again.`,
      { files: [other.fileName, name] },
    );
  }
  found.set(known, entry);
}

function isJunk(name: string): boolean {
  return name.split('/').some((part) => part === '__MACOSX' || part.startsWith('.'));
}

function passedOverNote(names: readonly string[]): RowNote {
  const named = names.slice(0, namedMax).join(', ');
  const more = names.length - namedMax;
  return { code: 'files-passed-over', value: more > 0 ? `${named} and ${more} more` : named };
}

function namesOf({ files }: ImportBundle): string {
  return files.map(({ fileName }) => fileName).join(', ');
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.split('/').at(-1)!;
}
