import { matchWithContacts } from '../../directory/match-patron.ts';
import { emailOf } from '../../domain/contact/patron-email.ts';
import type { FsiPatronAction } from './action.ts';
import { notFound, readKeyField, severalMatch } from './key-field.ts';
import { FsiRefusal, readItemIndex, readText, refusable } from './members.ts';
import { fsiRecord } from './record.ts';

/** F12: the one patron whose key is exactly the value, after trimming and without regard to case. */
export const getPatron: FsiPatronAction = (input, { store: { read } }) =>
  refusable(async () => {
    const field = readKeyField(input);
    const [found, another] = await matchWithContacts(read, field, readText(input, 'keyvalue') ?? '');
    if (found === undefined) throw new FsiRefusal(notFound);
    if (another !== undefined) throw new FsiRefusal(severalMatch(field));
    const record = fsiRecord(found.patron, emailOf(found.contacts), readItemIndex(input));
    return { result: true, msg: '', item: [record] };
  });
