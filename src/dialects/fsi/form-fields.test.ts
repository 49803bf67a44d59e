import { expect, test } from 'vitest';
import { shapeForm, type FormField } from './form-fields.ts';

const shape = (text: string) => shapeForm([...new URLSearchParams(text)]);

test('F1 fields without brackets are members', () => {
  expect(shape('action=get_code&apikey=a%2Bb+c&x=')).toEqual({ action: 'get_code', apikey: 'a+b c', x: '' });
});

test('F1 brackets lead into objects and lists, as the same request would be in JSON', () => {
  const text =
    'keyword[0][tokens][0][key]=findform_key&keyword[0][tokens][0][value]=ALL' +
    '&keyword[0][tokens][1][key]=findform_value&keyword[0][tokens][1][value]=a&keyword[1][tokens][]=x';
  expect(shape(text)).toEqual({
    keyword: [
      {
        tokens: [
          { key: 'findform_key', value: 'ALL' },
          { key: 'findform_value', value: 'a' },
        ],
      },
      { tokens: ['x'] },
    ],
  });
});

test('a list is as long as it has members, whatever their numbers', () => {
  expect(shape('a[999999999]=last&a[3]=first')).toEqual({ a: ['first', 'last'] });
  expect(shape('a[]=1&a[]=2')).toEqual({ a: ['1', '2'] });
  expect(shape('a[0]=1&a[b]=2')).toEqual({ a: { 0: '1', b: '2' } });
});

test('the last of two fields with one name counts, a text as well as what has members', () => {
  expect(shape('a=1&a=2')).toEqual({ a: '2' });
  expect(shape('a=1&a[b]=2')).toEqual({ a: { b: '2' } });
  expect(shape('a[b]=2&a=1')).toEqual({ a: '1' });
});

test('names that are not well-formed stay as they are, and none reaches a prototype', () => {
  expect(shape('a[b=1&[c]=2&d]=3')).toEqual({ 'a[b': '1', '[c]': '2', 'd]': '3' });
  const shaped = shape('__proto__[x]=1&constructor[prototype][x]=2')!;
  expect(Object.keys(shaped)).toEqual(['__proto__', 'constructor']);
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

test('F17 a form with far too many or far too deep fields is none', () => {
  const many = Array.from({ length: 2_001 }, (_, index): FormField => [`f${index}`, '']);
  expect(shapeForm(many)).toBeUndefined();
  expect(shapeForm(many.slice(1))).toBeDefined();
  expect(shape(`a${'[b]'.repeat(1_000)}=1`)).toBeUndefined();
});
