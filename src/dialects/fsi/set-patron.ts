import type { MatchField } from '../../directory/match-patron.ts';
import { setPatron as setPatronIn } from '../../directory/set-patrons.ts';
import { patronRoles, type PatronRole } from '../../domain/patron/patron.ts';
import type { DeclaredPatron } from '../../domain/patron/patron-row.ts';
import type { WishRefusal } from '../../domain/patron/set-patron.ts';
import { noteMessage } from '../../domain/row-notes.ts';
import { nearestWord } from '../../domain/text/nearest-word.ts';
import type { FsiInput, FsiPatronAction } from './action.ts';
import { notFound, readKeyField, severalMatch } from './key-field.ts';
import { FsiRefusal, readBoolean, readItemIndex, readText, refusable } from './members.ts';
import { fsiRecord } from './record.ts';

/** F13, F15: changes the patron whom the key field's member names, or makes one where that is allowed. */
export const setPatron: FsiPatronAction = (input, { store, client, sessionId }, { clock }) =>
  refusable(async () => {
    const field = readKeyField(input);
    const mayCreate = readBoolean(input, 'allownew');
    const declared = readPatron(input);
    const value = readKeyValue(field, declared);
    const at = clock.now();
    const set = await setPatronIn(store, {
      field,
      value,
      declared,
      mayCreate,
      at,
      session: {
        actor: { name: client.name, channel: 'fsi' },
        name: String(sessionId),
        day: localDay(at, store.tenant.zone),
      },
    });
    if ('why' in set) throw new FsiRefusal(refusalText(set, field));
    const item = [fsiRecord(set.patron, set.email, readItemIndex(input))];
    return { result: true, msg: set.notes.map(noteMessage).join(' '), item };
  });

/** F14: what is absent or null stays; a blank text clears where a patron can do without, and is ignored elsewhere. */
function readPatron(input: FsiInput): DeclaredPatron {
  const clearable = (name: string) => readText(input, name);
  const kept = (name: string) => readText(input, name) || undefined;
  return {
    barcode: kept('barcode'),
    username: kept('username'),
    externalid: clearable('externalid'),
    firstname: kept('firstname'),
    surname: kept('surname'),
    email: clearable('email'),
    classgrade: clearable('classgrade'),
    room: clearable('room'),
    role: readRole(input),
  };
}

/** F15: an unknown role is refused. F16: all four are roles like others. */
function readRole(input: FsiInput): PatronRole | undefined {
  const text = readText(input, 'role');
  if (text === undefined || text === '') return undefined;
  const role = patronRoles.find((name) => name === text.toUpperCase());
  if (role !== undefined) return role;
  const near = nearestWord(text.toUpperCase(), patronRoles);
  throw new FsiRefusal(
    `The member role must be one of ${patronRoles.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}.`,
  );
}

/** F13: the value of the key is the member that `keyfield` names; of a full name, both its parts. */
function readKeyValue(field: MatchField, declared: DeclaredPatron): string {
  const value =
    field === 'fullname'
      ? `${declared.firstname ?? ''} ${declared.surname ?? ''}`.trim()
      : (declared[field] ?? '');
  if (value !== '') return value;
  const member = field === 'fullname' ? 'firstname and surname' : field;
  throw new FsiRefusal(`The keyfield is ${field}, but the member ${member} is missing.`);
}

function refusalText(refusal: WishRefusal, field: MatchField): string {
  if (refusal.why === 'notes') return refusal.notes.map(noteMessage).join(' ');
  if (refusal.why === 'nobody') return notFound;
  if (refusal.why === 'several') return severalMatch(field);
  return 'The role LIBRARIAN may not be given by an API client here.';
}

/** The day that it is at the tenant's: a session's writes of a day are one run. */
function localDay(at: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();
}
