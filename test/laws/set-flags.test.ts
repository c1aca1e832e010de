import type { Json } from '../../core/template';
import { asSet } from './set-flags';

test.each<[what: string, given: Json]>([
  ['a fraction', 0.5],
  ['a zero with a sign', -0],
  ['a number beyond the exact ones', 2 ** 53],
  ['a list', [1]],
  ['an empty map', {}],
  ['a key with a sign of the flags', { 'a,b': 1 }],
])('what a flag would lose goes as JSON: %s', (_what, given) => {
  expect(asSet({ n: { inner: given } })).toMatchObject({
    set: [],
    setString: [],
    setJson: [expect.any(String)],
  });
});

test('what a flag says exactly goes as one: the control', () => {
  expect(asSet({ n: { one: 1, zero: 0, is: true, none: null, text: 'a,b' } })).toEqual({
    set: ['n.one=1', 'n.zero=0', 'n.is=true', 'n.none=null'],
    setString: ['n.text=a\\,b'],
    setJson: [],
  });
});
