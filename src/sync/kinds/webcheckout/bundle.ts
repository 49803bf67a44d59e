import type { ImportBundle } from '../../bundle/import-bundle.ts';

/** W19: the four files of WebCheckout by their names, in the order in which each may name what those before it make. */
export const webcheckoutBundle: ImportBundle = {
  name: 'webcheckout',
  files: [
    { fileName: 'group.csv', kind: 'group' },
    { fileName: 'section.csv', kind: 'section' },
    { fileName: 'section-members.csv', kind: 'section-members' },
    { fileName: 'authorization-set.csv', kind: 'authorization-set' },
  ],
  modes: [
    {
      name: 'delivery',
      about: 'Each file as by itself, all of them as one: planned, applied and undone together.',
    },
  ],
  options: {},
  forOperators: true,
};
