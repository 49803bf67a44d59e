import { expect, test } from 'vitest';
import { lineAt, takeApart } from './source-text.ts';

test('comments and strings leave the code, lines stay', () => {
  const { code, strings, comments } = takeApart(
    `const a = 'x // y'; // it's\n/* "no"\n */ const b = "it's";`,
  );
  expect(code).toBe(`const a = '#0';  \n \n const b = '#1';`);
  expect(strings).toEqual([
    { text: 'x // y', line: 1 },
    { text: "it's", line: 3 },
  ]);
  expect(comments).toEqual([
    { text: "// it's", line: 1 },
    { text: '/* "no"\n */', line: 2 },
  ]);
  expect(lineAt(code, code.indexOf('const b'))).toBe(3);
});

test('templates: text is a string, what is inside ${} stays code, nested ones and braces too', () => {
  const { code, strings } = takeApart('f(`a ${g({ x: `b${1}` })} c`, d)');
  expect(code).toBe("f('#0'+(g({ x: '#1'+(1)+'#2' }))+'#3', d)");
  expect(strings.map(({ text }) => text)).toEqual(['a ', 'b', '', ' c']);
});

test('a quote inside a regular expression opens no string, a division is none', () => {
  const { code } = takeApart(`const r = /["'/[/]]/u; const h = a / b / 'c';`);
  expect(code).toBe(`const r = /./; const h = a / b / '#0';`);
});
