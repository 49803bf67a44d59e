import type { ContactPerson } from './group.ts';

/** What a group or section has where nobody is to be asked about it. */
export const noContactPerson: ContactPerson = {
  contactPatronId: null,
  contactRole: '',
  telephone: '',
  email: '',
  url: '',
  contactNote: '',
};

/** The values of a group or section without the patron as its contact person; as they are where it is somebody else. */
export function withoutContactPerson<V extends object>(values: V, patronId: number): V {
  return 'contactPatronId' in values && values.contactPatronId === patronId
    ? { ...values, ...noContactPerson }
    : values;
}
