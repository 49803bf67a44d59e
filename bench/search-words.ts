/** What people type into the search of a directory, by kind; `{n}` is any number below that of the patrons. */
export const searchKinds: Readonly<Record<string, readonly string[]>> = {
  'nothing: everybody': [''],
  surname: ['kowalski', 'Zielińska', 'nguyen', "O'Brien", 'papadopoulos'],
  'both names': ['grace hughes', 'Łucja Dvořák', 'amelia abbott', 'garcia jose'],
  'part of a name': ['kowal', 'strom', 'ham', 'robin', 'dop'],
  'name and class': ['taylor 9b', 'renée 12a', 'quirke r17'],
  'username, whole': ['gkowalski{n}', 'axu{n}'],
  'barcode, whole': ['29{n8}'],
  'number, part': ['{n}', '7{n}'],
  'two letters that many have': ['li', 'ab', 'no', '9b'],
  'two letters that few or none have': ['zq', 'qx', 'jj', 'w4'],
  'in nobody': ['xyzzy', 'kowalski xyzzy'],
  'a later page': ['kowalski&page=15', '&page=2000'],
};
