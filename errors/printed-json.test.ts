import { printedJson } from './index';

const value = { apiVersion: 'v1', items: [{ a: 1.5, b: [true, null], c: '\n"' }], empty: {} };

test.each([undefined, 2, 4])('what JSON.stringify prints with an indent of %j is read', (indent) => {
  const text = JSON.stringify(value, null, indent);
  expect(printedJson(text)).toEqual(value);
  expect(printedJson(`${text}\n`)).toEqual(value);
});

test.each([
  ['a key that is there twice', '{"a":1,"a":2}'],
  ['an integer that a number cannot hold', '{"a":12345678901234567890}'],
  ['other spaces', '{ "a": 1 }'],
  ['a list', '[1]'],
  ['no JSON', '{"a":'],
  ['YAML', 'a: 1\n'],
  ['nothing', ''],
])('%s is not: it is read as YAML', (_what, text) => {
  expect(printedJson(text)).toBeUndefined();
});
