import {
  allOf,
  anyOf,
  field,
  not,
  objectField,
  type Predicate,
  podField,
} from '../check/predicates/predicate';
import { isPredicate } from './is-predicate';

const there = field('a').isThere();
const WORDS: Readonly<Record<Predicate['op'], Predicate>> = {
  there,
  oneOf: field('a').isOneOf(['x', 1, false]),
  matches: podField('a').matches('^a$'),
  number: field('a').atLeast(1),
  quantity: objectField('a').amount('exactly', '1'),
  every: field('a').every(there),
  some: field('a').some(there),
  everyValue: field('a').everyValue(there),
  different: field('a').differBy('name'),
  named: field('a').isNamedIn(field('b'), 'name'),
  all: allOf(there),
  any: anyOf(there, there),
  not: not(there),
};

test.each(Object.entries(WORDS))(
  '%s is one, and none without each of its parts, or with another thing there',
  (_, predicate) => {
    expect(isPredicate(predicate)).toBe(true);
    for (const part of Object.keys(predicate))
      for (const wrong of [undefined, null, [null], {}, () => true, Number.NaN, 'toString'])
        if (!(wrong === 'toString' && ['pattern', 'amount', 'key'].includes(part)))
          expect([part, wrong, isPredicate({ ...predicate, [part]: wrong })]).toEqual([part, wrong, false]);
  },
);

test.each([
  ['a number for a text', { ...WORDS.matches, pattern: 1 }],
  ['no number', { ...WORDS.number, number: '1' }],
  ['an unknown bound', { ...WORDS.number, is: 'below' }],
  ['a place that is none', { ...there, at: { root: 'items', keys: ['a'] } }],
  ['a key that is none', { ...there, at: { root: 'item', keys: ['a', 1] } }],
  ['one of many that is none', allOf(there, {} as Predicate)],
  ['one deep inside', not(anyOf(field('a').every(allOf(null as unknown as Predicate))))],
  ['a function', () => true],
  ['nothing', undefined],
])('%s is refused', (_, given) => {
  expect(isPredicate(given)).toBe(false);
});
