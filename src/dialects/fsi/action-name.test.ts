import { expect, test } from 'vitest';
import { actionName } from './action-name.ts';
import { patronActions } from './patron-actions.ts';

test('F3 an action is named without regard to case and underscores', () => {
  for (const action of ['getcode', 'get_code', 'GetCode', 'GET_CODE', ' _getcode_ ']) {
    expect(actionName({ action })).toBe('getcode');
  }
});

test('F3 what is no name at all is blank, which no action is called', () => {
  for (const action of [undefined, null, 7, true, ['getcode'], { getcode: 1 }, '', 'x'.repeat(101)]) {
    expect(actionName({ action })).toBe('');
  }
});

test('F3 the actions on patrons stand under the names that requests are brought to', () => {
  for (const name of patronActions.keys()) expect(actionName({ action: name })).toBe(name);
});
