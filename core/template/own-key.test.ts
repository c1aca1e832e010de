import { setOwnKey } from './own-key';

test.each(['a', '__proto__', 'toString', 'constructor', '0'])('%s is a key like any other', (key) => {
  const target: Record<string, unknown> = {};
  setOwnKey(target, key, { held: 1 });
  setOwnKey(target, key, { held: 2 });
  expect(Object.entries(target)).toEqual([[key, { held: 2 }]]);
  expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
  expect(delete target[key]).toBe(true);
});
