import { searchPatrons, type PatronQuery } from '../../directory/search-patrons.ts';
import { foldForSearch } from '../../domain/text/fold.ts';
import type { FsiPatronAction } from './action.ts';
import { readConditions } from './find-keyword.ts';
import { FsiRefusal, readInteger, refusable } from './members.ts';
import { fsiRecord } from './record.ts';

const pageCountUsual = 50;
const pageCountMax = 500;

/** More words than anybody types: each would have to be looked for. */
const wordsMax = 50;

/** F10: a page of the patrons that contain every word, or fit the conditions (F11); `itemindex` counts from 1. */
export const searchPatron: FsiPatronAction = (input, { store: { read } }) =>
  refusable(async () => {
    const query = readQuery(input['keyword']);
    // F10: nonsense is as good as nothing.
    const pagenumber = readInteger(input, 'pagenumber') ?? 1;
    const pagecount = Math.min(readInteger(input, 'pagecount') ?? pageCountUsual, pageCountMax);
    const found =
      query === 'nobody' ? { items: [], total: 0 } : await searchPatrons(read, query, pagenumber, pagecount);
    const item = found.items.map(({ patron, email }, index) => fsiRecord(patron, email, index + 1));
    return { result: true, msg: '', item, pagenumber, pagecount, total: found.total };
  });

/** What the keyword asks for, as a text or structured; `nobody` where its signs are contained in nobody. */
function readQuery(keyword: unknown): PatronQuery | 'nobody' {
  if (keyword === undefined || keyword === null) return { words: [], conditions: [] };
  if (typeof keyword === 'object') return { words: [], conditions: readConditions(keyword) };
  if (typeof keyword !== 'string' && typeof keyword !== 'number') {
    throw new FsiRefusal('The member keyword must be a text or a list of conditions.');
  }
  const text = String(keyword);
  const words = [...new Set(foldForSearch(text).split(' ').filter(Boolean))];
  if (words.length > wordsMax) throw new FsiRefusal(`The keyword has more than ${wordsMax} words.`);
  return words.length === 0 && text.trim() !== '' ? 'nobody' : { words, conditions: [] };
}
